package dev.holdfast.bench;

import dev.holdfast.access.Grant;
import dev.holdfast.access.LabelSelector;
import dev.holdfast.access.LeaseAnswer;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.access.Leases;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords;
import dev.holdfast.auth.AuthService;
import dev.holdfast.auth.RecordingSettings;
import dev.holdfast.bench.Results.Measure;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Leases of the auth service, in its own process, against the SQL that they need, in turns: how
 * long taking one lasts for one who asks alone, and how many are taken and released in a second by
 * many at the same time. On SQLite, and on the PostgreSQL that the environment names, if it does.
 */
final class LeaseSpeed {
  /** The variable with a JDBC URL, without "jdbc:", of an empty database. */
  static final String POSTGRES = "HOLDFAST_BENCH_POSTGRES";

  /** Results are ratios to this one. */
  static final String BASE = "plain SQL";

  private static final String OURS = "leases";
  private static final int USERS = 8;
  private static final int SLOTS = 1_000;
  private static final int ALONE = 500;
  private static final int EACH = 100;
  private static final String EPOCH = "00000000-0000-0000-0000-000000000000";

  private final int repetitions;
  private final Results results;

  LeaseSpeed(int repetitions, Results results) {
    this.repetitions = repetitions;
    this.results = results;
  }

  /** Takes and releases leases, by whatever way. */
  interface Contender extends AutoCloseable {
    /** Takes one for a user. */
    void take(int user, String id) throws IOException, SQLException;

    void release(String id) throws IOException, SQLException;

    @Override
    void close() throws IOException, SQLException;
  }

  void measure() throws IOException {
    Scratch scratch = Scratch.make();
    try {
      measure(
          "SQLite",
          "sqlite:" + scratch.directory().resolve("a.db"),
          "sqlite:" + scratch.directory().resolve("b.db"),
          scratch);
      String postgres = System.getenv(POSTGRES);
      if (postgres == null) {
        results.remark("Not measured: leases on PostgreSQL; " + POSTGRES + " names none.");
      } else {
        measure("PostgreSQL", postgres, postgres, scratch);
      }
    } catch (SQLException | ExecutionException | InterruptedException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      scratch.delete();
    }
  }

  private void measure(String store, String ours, String plain, Scratch scratch)
      throws IOException, SQLException, ExecutionException, InterruptedException {
    try (Contender base = PlainLeases.open(plain);
        Contender leases = Service.open(ours, scratch.directory().resolve("state-" + store))) {
      Map<String, Contender> all = Map.of(BASE, base, OURS, leases);
      for (int i = 0; i <= repetitions; i++) {
        for (String label : List.of(BASE, OURS)) {
          // The first one is for the compilers.
          measure(store, label, all.get(label), i > 0);
        }
      }
    }
  }

  private void measure(String store, String label, @Nullable Contender one, boolean counts)
      throws IOException, SQLException, ExecutionException, InterruptedException {
    if (one == null) {
      throw new IllegalArgumentException(label);
    }
    long[] alone = alone(one);
    double rate = together(one);
    if (counts) {
      results.add(new Measure("take, p50, " + store, "ms"), label, millis(alone, 50));
      results.add(new Measure("take, p99, " + store, "ms"), label, millis(alone, 99));
      results.add(new Measure("taken and released, " + store, "1/s"), label, rate);
    }
  }

  private static double millis(long[] nanos, double percent) {
    return Figures.percentile(nanos, percent) / 1e6;
  }

  private static long[] alone(Contender one) throws IOException, SQLException {
    long[] nanos = new long[ALONE];
    for (int i = 0; i < ALONE; i++) {
      String id = UUID.randomUUID().toString();
      long begun = System.nanoTime();
      one.take(0, id);
      nanos[i] = System.nanoTime() - begun;
      one.release(id);
    }
    return nanos;
  }

  private static double together(Contender one) throws ExecutionException, InterruptedException {
    long begun = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int user = 0; user < USERS; user++) {
        int mine = user;
        running.add(
            threads.submit(() -> {
              for (int i = 0; i < EACH; i++) {
                String id = UUID.randomUUID().toString();
                one.take(mine, id);
                one.release(id);
              }
              return null;
            }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    return USERS * EACH / ((System.nanoTime() - begun) / 1e9);
  }

  /** The auth service's. */
  private static final class Service implements Contender {
    private final AuthService service;
    private final Leases leases;

    private Service(AuthService service) {
      this.service = service;
      leases = service.cluster().leases("bench");
    }

    static Contender open(String store, java.nio.file.Path state) throws IOException {
      AuthService service =
          AuthService.open(
              new AuthService.Settings(
                  "bench",
                  state,
                  store,
                  List.of(),
                  RecordingSettings.USUAL,
                  List.of(),
                  "bench",
                  new LeaseTime(LeaseTime.USUAL),
                  null,
                  null));
      try (ApiClient api =
          ApiClient.at(state.resolve(AuthService.SOCKET), (method, params) -> {})) {
        RoleOptions limited = RoleOptions.NONE.withMaxConnections(SLOTS);
        Role role = new Role("limited", Grant.of(LabelSelector.ALL, "root"), Grant.NONE, limited);
        api.call(ApiMethod.ROLE_SET, role, ApiRecords.Done.class);
        for (int i = 0; i < USERS; i++) {
          User user = new User("user" + i, List.of("limited"), List.of(), Optional.empty());
          api.call(
              ApiMethod.USER_SET, new ApiRecords.UserOrder(user, false), ApiRecords.Done.class);
        }
        return new Service(service);
      } catch (IOException e) {
        service.close();
        throw e;
      }
    }

    @Override
    public void take(int user, String id) throws IOException {
      LeaseOrder order = new LeaseOrder(id, "user" + user, EPOCH, "root", "192.0.2.1");
      if (!(leases.take(order) instanceof LeaseAnswer.Held)) {
        throw new IOException("a lease was refused");
      }
    }

    @Override
    public void release(String id) throws IOException {
      leases.release(List.of(id));
    }

    @Override
    public void close() {
      service.close();
    }
  }
}
