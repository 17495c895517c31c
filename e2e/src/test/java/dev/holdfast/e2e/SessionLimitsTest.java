package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Lease;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Limits of connections over a cluster of real processes, with stock ssh and our own. */
@Needs(Tool.SSH)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SessionLimitsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Commands that many start at the same time, and clean ends after which a place is free. */
  private static final int COMMANDS = Effort.LONG ? 1_000 : 60;

  private static final int ENDS = Effort.LONG ? 300 : 30;
  private static final Path DIRECTORY = Scratch.directory("limits");
  private static final InetSocketAddress AUTH = Ports.free();
  private static final InetSocketAddress NODE = Ports.free();
  private static Program auth;
  private static Program node;

  private final List<Program> opened = new ArrayList<>();

  @BeforeAll
  static void begin() throws IOException {
    write(
        "auth.yaml",
        """
        auth:
          cluster: demo
          listen: %s
          state-dir: %s
          session-control-timeout: 8s
        """
            .formatted(Ports.text(AUTH), DIRECTORY.resolve("auth")));
    auth = serve("auth", "serving at ");
    Path documents =
        write(
            "documents.yaml",
            role("limited", "{max_connections: 3, max_sessions: 2}")
                + role("single", "{max_connections: 1}")
                + role("many", "{max_connections: 20}")
                + role("free", "{}"));
    admin("apply", documents.toString()).run().ok();
    admin("users", "add", "alice", "--roles", "limited", "--key", key("alice")).run().ok();
    admin("users", "add", "bob", "--roles", "free", "--key", key("bob")).run().ok();
    admin("users", "add", "carol", "--roles", "single", "--key", key("carol")).run().ok();
    admin("users", "add", "dave", "--roles", "many", "--key", key("dave")).run().ok();
    Path token = write("token", admin("tokens", "add", "node").run().ok().output());
    write(
        "node.yaml",
        """
        cluster:
          auth: [%s]
          token-file: %s
        node:
          listen: %s
          state-dir: %s
          name: web
          PerSourcePenalties: no
          MaxStartups: 100 # on a busy machine more than ten log in at once
          PrintMotd: no
          PrintLastLog: no
        """
            .formatted(Ports.text(AUTH), token, Ports.text(NODE), DIRECTORY.resolve("node")));
    node = serve("node", "serving at ");
    logIn("alice");
    logIn("bob");
    logIn("carol");
    logIn("dave");
  }

  private static String role(String name, String options) {
    return """
    ---
    kind: role
    name: %s
    allow:
      logins: ['%s']
      nodes: {'*': '*'}
    options: %s
    """
        .formatted(name, Sshd.USER, options);
  }

  private static Path write(String name, String text) throws IOException {
    return Files.writeString(DIRECTORY.resolve(name), text);
  }

  private static Program serve(String name, String until) {
    Program program =
        Holdfast.command("serve", "-v", "--config", DIRECTORY.resolve(name + ".yaml").toString())
            .start();
    program.awaitOutput(until, PATIENCE);
    return program;
  }

  private static String key(String user) {
    Path key = DIRECTORY.resolve(user + "-key");
    Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).run().ok();
    return key + ".pub";
  }

  private static void logIn(String user) {
    String listed = admin("authorities", "ls", "-o", "json").run().ok().output();
    Matcher host =
        Pattern.compile("\"kind\":\"host\"[^}]*\"fingerprint\":\"([^\"]+)\"").matcher(listed);
    assertThat(host.find()).as(listed).isTrue();
    own(user, "login", "--no-agent", "-i", DIRECTORY.resolve(user + "-key").toString())
        .plus("--pin", host.group(1), "-u", user, Ports.text(AUTH))
        .run()
        .ok();
  }

  @AfterEach
  void close() {
    opened.forEach(Program::close);
  }

  @AfterAll
  static void end() {
    node.close();
    auth.close();
  }

  @Test
  @Order(1)
  void theFourthIsRefusedWithItsSentenceAndACleanEndFreesItsPlaceAtOnce() {
    Program first = open("alice");
    open("alice");
    open("alice");
    assertThat(ssh("alice", "true").run().exited(255).errors())
        .contains("You have as many connections open as your roles allow (3)");
    assertThat(audit("T1006W")).contains("\"max\":3", "\"sessctl_kind\":\"connection\"");
    assertThat(audit("T2004W")).contains("\"reason\":\"limit\"");
    assertThat(admin("leases", "ls", "-o", "names").run().ok().output().lines()).hasSize(3);
    assertThat(ssh("bob", "true").run().ok().errors()).doesNotContain("limit");
    try (Program waiting = holdfastSsh("alice", "--wait", "60s", "echo in").start()) {
      Await.until("the wait", PATIENCE, () -> waiting.errors().contains("Waiting for up to 60s."));
      first.closeInput();
      assertThat(waiting.await(PATIENCE).ok().output()).isEqualTo("in\n");
    }
    String lease =
        admin("leases", "ls", "-o", "names").run().ok().output().lines().findFirst().orElseThrow();
    admin("leases", "rm", lease).run().ok();
    Await.until(
        "the end of one", PATIENCE, () -> opened.stream().filter(Program::alive).count() == 1);
    assertThat(opened.stream().map(Program::errors))
        .anyMatch(it -> it.contains("was ended by you or an administrator"));
  }

  /** A shell starts the next one as soon as one has ended, so its place has to be free by then. */
  @Test
  @Order(2)
  void fifteenAtATimeAreNeverRefusedWithALimitOfTwenty() {
    String line =
        String.join(" ", ssh("dave", "true").words().stream().map(it -> "'" + it + "'").toList());
    Outcome all =
        Command.of("sh", "-c", "seq " + COMMANDS + " | xargs -P 15 -I{} " + line)
            .run(PATIENCE.multipliedBy(10));
    assertThat(all.ok().errors()).doesNotContain("connections open");
  }

  /** From when the client has ended until nobody holds its lease any more. */
  @Test
  @Order(2)
  void aPlaceIsFreeWithinASecondOfACleanEnd() throws IOException {
    long[] nanos = new long[ENDS];
    try (ApiClient api =
        ApiClient.at(DIRECTORY.resolve("auth/admin.sock"), (method, params) -> {})) {
      ApiRecords.LeaseQuery carols = new ApiRecords.LeaseQuery(Optional.of("carol"));
      for (int i = 0; i < ENDS; i++) {
        ssh("carol", "true").run().ok();
        long ended = System.nanoTime();
        Await.until(
            "a free place",
            PATIENCE,
            () -> api.list(ApiMethod.LEASES, carols, Lease.class).isEmpty());
        nanos[i] = System.nanoTime() - ended;
      }
    }
    Arrays.sort(nanos);
    long p99 = nanos[(ENDS * 99 - 1) / 100];
    System.out.printf(
        "a place is free after %.1f ms at p50, %.1f ms at p99, %.1f ms at most, of %d%n",
        nanos[ENDS / 2] / 1e6, p99 / 1e6, nanos[ENDS - 1] / 1e6, ENDS);
    assertThat(Duration.ofNanos(p99)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  @Order(3)
  void aConnectionHasSoManySessionsAndNoMore() {
    awaitFree();
    String before = audit("T1006W");
    Path socket = DIRECTORY.resolve("mux");
    try (Program master = ssh("alice", "cat", "-M", "-S", socket.toString()).start()) {
      Await.until("the master", PATIENCE, () -> Files.exists(socket));
      Command more = Command.of("ssh", "-S", socket.toString(), "-F", "none", "x", "cat");
      try (Program second = more.start()) {
        second.type("hello\n");
        second.awaitOutput("hello", PATIENCE);
        more.start().await(PATIENCE).exited(255);
        Await.until("the event", PATIENCE, () -> audit("T1006W").length() > before.length());
        assertThat(audit("T1006W")).contains("\"max\":2", "\"sessctl_kind\":\"session\"");
      }
      assertThat(master.alive()).isTrue();
    }
  }

  @Test
  @Order(4)
  void aNodeThatWasKilledFreesItsPlacesWhenItIsBack() {
    awaitFree();
    open("alice");
    open("alice");
    open("alice");
    long expired = expired();
    node.kill();
    node = serve("node", "serving at ");
    // On a busy machine it may not be back before their time is over.
    Await.until(
        "the drop",
        PATIENCE,
        () -> audit("T1018I").contains("\"count\":3") || expired() == expired + 3);
    opened.forEach(Program::close);
    open("alice");
    open("alice");
    open("alice");
  }

  private static long expired() {
    return audit("T1016I").lines().count();
  }

  @Test
  @Order(5)
  void withoutTheAuthServiceLimitedConnectionsEndWithANoticeAndOthersGoOn() {
    awaitFree();
    Program limited = open("alice");
    Program free = open("bob");
    auth.close();
    Await.until("its end", PATIENCE, () -> !limited.alive());
    assertThat(limited.errors()).contains("was not reached for too long");
    assertThat(ssh("alice", "true").run().exited(255).errors()).contains("is not reached");
    free.type("still here\n");
    free.awaitOutput("still here", PATIENCE);
    auth = serve("auth", "serving at ");
    Await.until("the event", PATIENCE, () -> audit("T1019W").contains("\"reason\":\"lost\""));
    Await.until("coming in", PATIENCE, () -> ssh("alice", "echo in").run().output().equals("in\n"));
  }

  // ---- commands ----

  /** A connection that is there until its input ends. */
  private Program open(String user) {
    Program program = ssh(user, "cat").start();
    opened.add(program);
    program.type("hello\n");
    program.awaitOutput("hello", PATIENCE);
    return program;
  }

  private static void awaitFree() {
    Await.until(
        "free places",
        PATIENCE,
        () -> admin("leases", "ls", "-o", "names").run().ok().output().isEmpty());
  }

  private static String audit(String code) {
    return admin("audit", "search", "--code", code).run().ok().output();
  }

  private static Command admin(String... words) {
    return Holdfast.command("admin")
        .plus(words)
        .plus("--socket", DIRECTORY.resolve("auth/admin.sock").toString());
  }

  private static Command own(String user, String... words) {
    return Holdfast.command(words).with("XDG_CONFIG_HOME", DIRECTORY.resolve(user).toString());
  }

  private static Command ssh(String user, String command, String... options) {
    return Command.of("ssh").plus(arguments(user)).plus(options).plus("127.0.0.1", command);
  }

  private static Command holdfastSsh(String user, String wait, String time, String command) {
    return Holdfast.command("ssh", wait, time).plus(arguments(user)).plus("127.0.0.1", command);
  }

  private static String[] arguments(String user) {
    Path profile = DIRECTORY.resolve(user).resolve("holdfast/profiles/demo");
    return new String[] {
      "-F",
      "none",
      "-o",
      "BatchMode=yes",
      "-o",
      "IdentitiesOnly=yes",
      "-i",
      profile.resolve("id").toString(),
      "-o",
      "StrictHostKeyChecking=no",
      "-o",
      "UserKnownHostsFile=/dev/null",
      "-p",
      "" + NODE.getPort(),
      "-l",
      Sshd.USER
    };
  }
}
