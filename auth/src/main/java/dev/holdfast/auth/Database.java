package dev.holdfast.auth;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A database, and transactions on it. SQLite has one connection on one platform thread, as its
 * driver's native calls would hold up virtual threads; PostgreSQL has a pool. Thread-safe.
 */
final class Database implements AutoCloseable {
  /** How the URL of a SQLite database begins; its file follows. */
  static final String SQLITE = "sqlite:";

  /** Transactions that wait for SQLite's thread. */
  static final int MOST_WAITING = 10_000;

  /** Connections to PostgreSQL. */
  static final int MOST_CONNECTIONS = 8;

  /** How often a transaction is run that others got in the way of. */
  static final int MOST_RUNS = 20;

  /** How long somebody waits for a connection. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How long a transaction on SQLite waits for those of another process. */
  private static final Duration TURN = Duration.ofSeconds(15);

  private static final int SOCKET_SECONDS = 15;

  private final Dialect dialect;
  private final @Nullable HikariDataSource pool;
  private final @Nullable Connection single;
  private final @Nullable ThreadPoolExecutor thread;

  private Database(
      Dialect dialect,
      @Nullable HikariDataSource pool,
      @Nullable Connection single,
      @Nullable ThreadPoolExecutor thread) {
    this.dialect = dialect;
    this.pool = pool;
    this.single = single;
    this.thread = thread;
  }

  /** What is done in one transaction; it may be run several times. */
  @FunctionalInterface
  interface Work<T> {
    T run(Tx tx) throws SQLException;
  }

  /**
   * Opens what {@code url} names: {@code sqlite:FILE}, or {@code postgresql://…} as the JDBC driver
   * reads it. Its tables are made, or brought to this version.
   */
  static Database open(String url) throws IOException {
    Database database;
    if (url.startsWith(SQLITE)) {
      database = sqlite(Path.of(url.substring(SQLITE.length())));
    } else if (url.startsWith("postgresql:")) {
      database = postgresql(url);
    } else {
      throw new IOException("A store is sqlite:FILE or postgresql://HOST/DATABASE.");
    }
    try {
      new Migrations(database).run();
      return database;
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private static Database sqlite(Path file) throws IOException {
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      // It is the one of before.
    }
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("holdfast-store").factory());
    try {
      return new Database(Dialect.SQLITE, null, connect(file), thread);
    } catch (SQLException e) {
      thread.shutdown();
      throw new StoreUnavailableException(
          "%s can't be used as a database: %s".formatted(file, oneLine(e)), e);
    }
  }

  private static Connection connect(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma busy_timeout = 5000");
      statement.execute("pragma journal_mode = wal");
      // What was committed is there after a loss of power, too.
      statement.execute("pragma synchronous = full");
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static Database postgresql(String url) throws IOException {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:" + url);
    config.setMaximumPoolSize(MOST_CONNECTIONS);
    config.setMinimumIdle(1);
    config.setAutoCommit(false);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setPoolName("holdfast-store");
    config.addDataSourceProperty("socketTimeout", SOCKET_SECONDS);
    config.addDataSourceProperty("connectTimeout", PATIENCE.toSeconds());
    config.addDataSourceProperty("tcpKeepAlive", true);
    try {
      return new Database(Dialect.POSTGRESQL, new HikariDataSource(config), null, null);
    } catch (RuntimeException e) {
      // Neither the URL nor the driver's words: there may be a password in them.
      throw new StoreUnavailableException(
          "The database can't be reached; check its address, user and password.");
    }
  }

  /**
   * Runs {@code work} as a transaction. When it returns, what was done is durable; when it throws,
   * nothing was done, or, if the connection was lost at the very end, nobody knows.
   */
  <T> T transact(Work<T> work) throws IOException {
    return thread == null ? transactPooled(work) : await(() -> transactSingle(work));
  }

  private <T> T transactSingle(Work<T> work) throws SQLException, IOException {
    if (single == null) {
      throw new SQLException("there is no connection");
    }
    long until = System.nanoTime() + TURN.toNanos();
    Work<T> next = work;
    for (int i = 1; ; i++) {
      try {
        return run(single, next);
      } catch (SQLException e) {
        if (i == MOST_RUNS || System.nanoTime() > until || !dialect.mayRunAgain(e)) {
          throw e;
        }
      }
      next = inTurn(work);
      pause(i);
    }
  }

  /** The same, waiting for its turn before it looks at anything, or it may come too late again. */
  private static <T> Work<T> inTurn(Work<T> work) {
    return tx -> {
      tx.update("update holdfast_schema set version = version where version = 0");
      return work.run(tx);
    };
  }

  private <T> T await(Callable<T> task) throws IOException {
    if (thread == null) {
      throw new IllegalStateException("not SQLite");
    }
    Future<T> result;
    try {
      result = thread.submit(task);
    } catch (RejectedExecutionException e) {
      throw new StoreUnavailableException(e);
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw failure(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T> T transactPooled(Work<T> work) throws IOException {
    for (int i = 1; ; i++) {
      try (Connection connection = pool().getConnection()) {
        return run(connection, work);
      } catch (SQLException e) {
        if (i == MOST_RUNS || !dialect.mayRunAgain(e)) {
          throw failure(e);
        }
      }
      pause(i);
    }
  }

  /** Others go first, and not all of those who wait at once. */
  private static void pause(int run) throws IOException {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(1, 2 + 5 * run));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException(e);
    }
  }

  private HikariDataSource pool() {
    if (pool == null) {
      throw new IllegalStateException("not PostgreSQL");
    }
    return pool;
  }

  private <T> T run(Connection connection, Work<T> work) throws SQLException {
    try {
      T result = work.run(new Tx(connection, dialect));
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      try {
        connection.rollback();
      } catch (SQLException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private static IOException failure(@Nullable Throwable e) {
    return switch (e) {
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      case null -> new StoreUnavailableException(new SQLException("unknown"));
      default -> new StoreUnavailableException(e);
    };
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // What was committed is in the file.
    }
  }

  private static String oneLine(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  Dialect dialect() {
    return dialect;
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.close();
    }
    if (thread != null && single != null) {
      Connection last = single;
      thread.execute(() -> closeQuietly(last));
      thread.shutdown();
    }
  }
}
