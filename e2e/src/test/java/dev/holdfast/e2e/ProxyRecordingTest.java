package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A proxy that records what goes through it to a stock sshd, of which nothing knows but the role.
 */
@Needs({Tool.SSH, Tool.SSHD})
final class ProxyRecordingTest {
  private static final Duration PATIENCE = Members.PATIENCE;
  private static final String OLD = "old.demo";
  private static final String ECHO = "while read -r line; do echo \"heard $line\"; done; exit 7";

  /** Of a process whose streams have ended, for the sake of late clients; and as much again. */
  private static final Duration LINGER = Duration.ofMinutes(2);

  private static Members members;
  private final Set<String> before = new HashSet<>();

  @BeforeAll
  static void begin() {
    members = Members.start();
    members.sshd().certify(members.hostCertificate().toString());
  }

  @AfterAll
  static void end() {
    if (members != null) {
      members.close();
    }
    Leftovers.end(PATIENCE);
  }

  @BeforeEach
  void look() {
    before.addAll(listed());
  }

  @AfterEach
  void reset() {
    members.apply(Members.ROLE);
  }

  private static void mode(String mode) {
    members.apply(Members.ROLE + "options: {recording: " + mode + "}\n");
  }

  private static List<Command> ways(String... words) {
    return List.of(
        members.holdfastSsh(OLD).plus(words),
        members.ssh(OLD).plus(words),
        members.jump(OLD).plus(words));
  }

  private static List<String> listed() {
    return members.own("recordings", "ls", "-o", "names").run().ok().output().lines().toList();
  }

  /** The one that was not there before, once it is whole. */
  private String next() {
    String[] found = new String[1];
    Await.until(
        () -> "a recording; " + members.log(),
        PATIENCE,
        () -> {
          found[0] = listed().stream().filter(it -> !before.contains(it)).findFirst().orElse(null);
          return found[0] != null;
        });
    before.add(found[0]);
    Await.until(
        "the whole recording " + found[0],
        PATIENCE,
        () -> members.own("recordings", "verify", found[0]).run().output().contains(": whole, "));
    return found[0];
  }

  private static String played(String id) {
    return members.own("play", "--format", "text", id).run().ok().output();
  }

  @ParameterizedTest
  @ValueSource(strings = {"proxy", "proxy_sync"})
  void commandsAreRecordedByTheProxyHoweverTheirUsersCome(String mode) {
    mode(mode);
    for (Command command : ways("echo shown; echo told >&2; exit 3")) {
      Outcome outcome = command.run();
      assertThat(outcome.status()).as("%s: %s", command, outcome.errors()).isEqualTo(3);
      assertThat(outcome.output()).isEqualTo("shown\n");
      assertThat(outcome.errors()).contains("told\n");
      String id = next();
      assertThat(played(id)).contains("shown\n", "told\n");
      assertThat(members.own("recordings", "ls").run().ok().output())
          .containsPattern(id + " +alice +" + Sshd.USER + " +old .* complete");
    }
    assertThat(members.audited("session.start").lines().filter(it -> it.contains("\"old\"")))
        .isNotEmpty()
        .allMatch(it -> it.contains("\"user\":\"alice\"") && it.contains("\"proxy\":\"p1\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"proxy", "proxy_sync"})
  @Needs({Tool.SSH, Tool.SSHD, Tool.RSYNC})
  void filesAreCopiedAndThatIsRecorded(String mode) throws IOException {
    mode(mode);
    Path from = Scratch.directory("from");
    Sample.write(from.resolve("big"), 4L << 20, 1);
    for (Command ssh : List.of(members.ssh(), members.jump(), members.holdfastSsh())) {
      Path into = Scratch.directory("into");
      Path script = wrapper(ssh);
      String source = from.resolve("big").toString();
      Command.of("scp", "-q", "-S", script.toString(), source, OLD + ":" + into.resolve("scp"))
          .run()
          .ok();
      next();
      Command.of("scp", "-q", "-O", "-S", script.toString(), OLD + ":" + source)
          .plus(into.resolve("old-scp").toString())
          .run()
          .ok();
      next();
      Path batch =
          Files.writeString(from.resolve("batch"), "put " + source + " " + into + "/sftp\n");
      Command.of("sftp", "-q", "-b", batch.toString(), "-S", script.toString(), OLD).run().ok();
      next();
      Command.of("rsync", "-a", "-e", script.toString(), source, OLD + ":" + into + "/rsync")
          .run()
          .ok();
      next();
      for (String name : List.of("scp", "old-scp", "sftp", "rsync")) {
        assertThat(Files.mismatch(from.resolve("big"), into.resolve(name))).as(name).isEqualTo(-1);
      }
    }
  }

  /** A program that is a command with more words. */
  private static Path wrapper(Command command) throws IOException {
    StringBuilder text = new StringBuilder("#!/bin/sh\n");
    command
        .environment()
        .forEach((name, value) -> text.append("export %s='%s'\n".formatted(name, value)));
    text.append("exec");
    command.words().forEach(word -> text.append(" '").append(word).append('\''));
    text.append(" \"$@\"\n");
    Path script = Files.writeString(Scratch.directory("ssh").resolve("ssh"), text);
    script.toFile().setExecutable(true);
    return script;
  }

  @ParameterizedTest
  @ValueSource(strings = {"proxy", "proxy_sync"})
  void aTerminalIsRecordedWithItsSize(String mode) {
    mode(mode);
    for (Command way :
        List.of(members.holdfastSsh("-tt"), members.ssh("-tt"), members.jump("-tt"))) {
      try (Program session =
          way.plus(OLD, "stty size; tty; read -r line; echo \"got $line\"").start()) {
        session.awaitOutput("/dev/pts/", PATIENCE);
        session.type("word\n");
        session.awaitOutput("got word", PATIENCE);
        session.await(PATIENCE).ok();
      }
      assertThat(played(next())).contains("/dev/pts/", "got word");
    }
  }

  @Test
  void nothingOfWhatIsInSyncIsOnTheProxysDisk() {
    mode("proxy_sync");
    Await.until("other parts to be handed over", PATIENCE, () -> spooled().isEmpty());
    try (Program session = members.holdfastSsh(OLD, ECHO).start()) {
      session.type("hidden\n");
      session.awaitOutput("heard hidden\n", PATIENCE);
      assertThat(spooled()).isEmpty();
      session.closeInput();
      session.await(PATIENCE).exited(7);
    }
    assertThat(played(next())).contains("heard hidden\n");
    mode("proxy");
    try (Program session = members.holdfastSsh(OLD, ECHO).start()) {
      session.type("waits\n");
      session.awaitOutput("heard waits\n", PATIENCE);
      Await.until("parts on the proxy's disk", PATIENCE, () -> !spooled().isEmpty());
      session.closeInput();
      session.await(PATIENCE).exited(7);
    }
    next();
  }

  private static List<Path> spooled() {
    try (Stream<Path> files = Files.walk(members.state("proxy").resolve("recordings"))) {
      return files
          .filter(it -> it.toString().contains("part") || it.toString().endsWith(".open"))
          .filter(Files::isRegularFile)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aServerThatShowsNoCertificateIsNotTrustedWithAnything() {
    mode("proxy");
    members.sshd().certify("");
    try {
      for (Command command : ways("echo never")) {
        Outcome outcome = command.run();
        assertThat(outcome.status()).isEqualTo(255);
        assertThat(outcome.output()).isEmpty();
        assertThat(outcome.errors())
            .contains(
                "Node 'old' can't be recorded, for it is not known to be it: it has no certificate"
                    + " of a cluster");
      }
    } finally {
      members.sshd().certify(members.hostCertificate().toString());
    }
  }

  @Test
  void whoIsNotToBeRecordedByProxiesGoesThroughAsBefore() {
    for (Command command : ways("echo plain")) {
      assertThat(command.run().ok().output()).isEqualTo("plain\n");
    }
    assertThat(members.sshd().log()).contains("ID alice");
    assertThat(listed().stream().filter(it -> !before.contains(it))).isEmpty();
  }

  @Test
  void aNodeLeavesWhatAProxyRecordsToTheProxy() {
    mode("proxy");
    assertThat(members.jump("web1.demo", "echo once").run().ok().output()).isEqualTo("once\n");
    String id = next();
    assertThat(played(id)).isEqualTo("once\n");
    assertThat(members.own("recordings", "export", "--format", "json", id).run().ok().output())
        .contains("\"proxy\":\"p1\"", "\"mode\":\"proxy\"");
    members.own("ls").run().ok();
    assertThat(listed().stream().filter(it -> !before.contains(it))).isEmpty();
  }

  @Test
  void aProxyThatIsTakenOverKeepsWhatItRecords() {
    mode("proxy");
    try (Program ours = members.holdfastSsh(OLD, ECHO).start();
        Program jumped = members.jump(OLD, ECHO).start()) {
      List<Program> both = List.of(ours, jumped);
      both.forEach(it -> heard(it, "one"));
      Program old = members.upgrade("proxy", "has the port of the proxy now");
      both.forEach(it -> heard(it, "two"));
      assertThat(members.jump(OLD, "echo new").run().ok().output()).isEqualTo("new\n");
      both.forEach(Program::closeInput);
      both.forEach(it -> it.await(PATIENCE).exited(7));
      old.await(LINGER).ok();
    }
  }

  private static void heard(Program program, String word) {
    program.type(word + "\n");
    program.awaitOutput("heard " + word + "\n", PATIENCE);
  }

  @Test
  void portsAreForwardedAsFarAsTheRoleAllows() {
    mode("proxy");
    int there = members.sshd().address().getPort();
    for (Command way : List.of(members.ssh(), members.jump(), members.holdfastSsh())) {
      int here = Ports.free().getPort();
      try (Program session =
          way.plus("-L", here + ":127.0.0.1:" + there, OLD, "echo up; " + ECHO).start()) {
        session.awaitOutput("up\n", PATIENCE);
        assertThat(banner(here)).startsWith("SSH-2.0-OpenSSH");
        session.closeInput();
        session.await(PATIENCE).exited(7);
      }
      int listened = Ports.free().getPort();
      try (Program session =
          way.plus("-R", listened + ":127.0.0.1:" + there, OLD, "echo up; " + ECHO).start()) {
        session.awaitOutput("up\n", PATIENCE);
        assertThat(banner(listened)).startsWith("SSH-2.0-OpenSSH");
        session.closeInput();
        session.await(PATIENCE).exited(7);
      }
    }
  }

  private static String banner(int port) {
    return Command.of("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + port + "; head -c 15 <&3")
        .run()
        .ok()
        .output();
  }
}
