package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Recordings of a cluster as people use them, and what becomes of them when its parts fail. */
@Needs({Tool.SSH, Tool.SSHD})
final class ClusterRecordingTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration AWAY =
      Duration.ofSeconds(Integer.getInteger("holdfast.away", Effort.LONG ? 600 : 6));

  /** Most that a node may hold more of, whatever waits for the store. */
  private static final long MEMORY = 16L << 20;

  /** Memory for whoever plays, which is less than what is recorded. */
  private static final String SMALL = "-Xmx32m";

  private static final String ECHO = "while read -r line; do echo \"heard $line\"; done";

  private static Members members;
  private final Set<String> before = new HashSet<>();

  @BeforeAll
  static void begin() {
    members = Members.start();
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

  private static List<String> listed() {
    return members.own("recordings", "ls", "-o", "names").run().ok().output().lines().toList();
  }

  /** The one that was not there before this test. */
  private String next() {
    String[] found = new String[1];
    Await.until(
        "a recording",
        PATIENCE,
        () -> {
          found[0] = listed().stream().filter(it -> !before.contains(it)).findFirst().orElse(null);
          return found[0] != null;
        });
    before.add(found[0]);
    return found[0];
  }

  private static void awaitWhole(String id) {
    awaitWhole(id, PATIENCE);
  }

  private static void awaitWhole(String id, Duration patience) {
    Await.until(
        "the whole recording " + id,
        patience,
        () -> members.own("recordings", "verify", id).run().output().contains(": whole, "));
  }

  private static Command play(String id, String... options) {
    return members.own("play", "--format", "text", id).plus(options);
  }

  @Test
  void aUserPlaysVerifiesAndExportsHisOwnByIdInOneStepAndNobodyElseDoes() throws IOException {
    members.holdfastSsh("web1.demo", "echo shown to alice; exit 3").run().exited(3);
    String id = next();
    awaitWhole(id);
    assertThat(play(id).run().ok().output()).isEqualTo("shown to alice\n");
    assertThat(members.own("recordings", "ls").run().ok().output())
        .containsPattern(id + " +alice +" + Sshd.USER + " +web1 .* complete");
    assertThat(members.own("recordings", "export", id).run().ok().output())
        .contains("\"o\", \"shown to alice");
    assertThat(members.audited("recording.access"))
        .contains("\"user\":\"alice\"", "\"recording\":\"" + id + "\"");

    Path bob = members.logInNew("bob", "operator");
    for (String name : List.of(id, "0".repeat(32))) {
      assertThat(members.by(bob, "play", name).run().exited(255).errors())
          .isEqualTo(
              "holdfast: There is no recording %s that you may see; ask an administrator for a role with the right to audit.\n"
                  .formatted(name));
    }
    assertThat(members.by(bob, "recordings", "ls", "-o", "names").run().ok().output()).isEmpty();
    members.by(bob, "recordings", "ls", "--user", "alice").run().exited(255);
    assertThat(members.audited("api.refused"))
        .contains("\"user\":\"bob\"", "\"recording\":\"" + id);
    Path carol = members.logInNew("carol", "admin");
    assertThat(members.by(carol, "play", "--format", "text", id).run().ok().output())
        .isEqualTo("shown to alice\n");
    assertThat(members.audited("recording.access")).contains("\"user\":\"carol\"");
  }

  /** What is there as a file or directory is that; with a cluster's name only an ID is meant. */
  @Test
  void whatCouldBeAFileOrAnIdIsResolvedByOneRule() throws IOException {
    members.holdfastSsh("web1.demo", "echo both").run().ok();
    String id = next();
    awaitWhole(id);
    Path here = Scratch.directory("here");
    members.admin("recordings", "fetch", id, here.toString()).run().ok();
    String reads = members.audited("recording.access");
    Command local =
        Command.of("sh", "-c", "cd \"$0\" && exec \"$@\"", here.toString())
            .plus(play(id).words().toArray(String[]::new))
            .with("XDG_CONFIG_HOME", "/nowhere");
    assertThat(local.run().ok().output()).isEqualTo("both\n");
    assertThat(members.audited("recording.access")).isEqualTo(reads);
    assertThat(play(id, "--cluster", "demo").run().ok().output()).isEqualTo("both\n");
    assertThat(members.audited("recording.access")).isNotEqualTo(reads);
    assertThat(play("neither").run().exited(255).errors())
        .isEqualTo(
            "holdfast: There is no file or directory neither, and the ID of a recording has 32"
                + " digits and letters from a to f.\n");
  }

  @Test
  void aSessionThatGoesOnIsFollowedByItsId() {
    members.apply(Members.ROLE + "options: {recording: node_sync}\n");
    try (Program session = members.holdfastSsh("web1.demo", ECHO).start()) {
      session.type("one\n");
      session.awaitOutput("heard one\n", PATIENCE);
      String id = next();
      try (Program watcher = members.own("play", "--follow", "--format", "pty", id).start()) {
        watcher.awaitOutput("heard one", PATIENCE);
        session.type("two\n");
        watcher.awaitOutput("heard two", PATIENCE);
        assertThat(watcher.alive()).isTrue();
        session.closeInput();
        session.await(PATIENCE).ok();
        watcher.await(PATIENCE).ok();
      }
    }
  }

  @Test
  void whatIsEncryptedIsReadByTheKeyAloneAndCheckedByEverybody() throws IOException {
    Path keys = Scratch.directory("keys");
    // So much that a compressor keeps it as it is.
    byte[] noise = new byte[60_000];
    new java.util.SplittableRandom(1).nextBytes(noise);
    Path file = Files.write(keys.resolve("noise"), noise);
    members.holdfastSsh("web1.demo", "cat " + file).run().ok();
    awaitWhole(next());
    byte[] some = Arrays.copyOfRange(noise, 30_000, 30_064);
    assertThat(holds(members.state("auth"), some)).as("what is not encrypted").isTrue();

    Path key = keys.resolve("reader.key");
    String recipient =
        Holdfast.command("recordings", "keygen", key.toString()).run().ok().output().strip();
    Holdfast.command("recordings", "keygen", key.toString()).run().exited(255);
    members.apply(Members.ROLE + "options: {recording_encrypt_to: [" + recipient + "]}\n");
    byte[] other = new byte[60_000];
    new java.util.SplittableRandom(2).nextBytes(other);
    Files.write(file, other);
    byte[] hidden = Arrays.copyOfRange(other, 30_000, 30_064);
    Command session = members.holdfastSsh("web1.demo", "cat " + file + "; " + ECHO);
    try (Program running = session.start()) {
      running.type("me\n");
      running.awaitOutput("heard me\n", PATIENCE);
      Await.until("what is on the node's disk", PATIENCE, () -> spooled() > 60_000);
      assertThat(holds(members.state("web1"), hidden)).isFalse();
      running.closeInput();
      running.await(PATIENCE);
    }
    String id = next();
    awaitWhole(id);
    assertThat(holds(members.state("auth"), hidden)).isFalse();
    assertThat(members.own("recordings", "verify", id).run().ok().output())
        .contains(": whole, ", ", encrypted, signed by SHA256:");
    Outcome blind = play(id).run().exited(1);
    assertThat(blind.output()).isEmpty();
    assertThat(blind.errors()).contains("This recording is encrypted; ", recipient);
    assertThat(play(id, "--identity", key.toString()).run().ok().output()).contains("heard me");
    assertThat(
            members
                .own("recordings", "verify", "--identity", key.toString(), id)
                .run()
                .ok()
                .output())
        .doesNotContain("encrypted");
    Files.setPosixFilePermissions(
        key, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(play(id, "--identity", key.toString()).run().exited(255).errors())
        .contains("Others may read " + key);
  }

  private static boolean holds(Path directory, byte[] bytes) {
    String sought = new String(bytes, StandardCharsets.ISO_8859_1);
    return files(directory).stream().anyMatch(it -> text(it).contains(sought));
  }

  private static long spooled() {
    return files(members.state("web1")).stream()
        .filter(it -> it.toString().endsWith(".open"))
        .mapToLong(it -> it.toFile().length())
        .sum();
  }

  /** All files there, also while some come and go. */
  private static List<Path> files(Path directory) {
    List<Path> all = new ArrayList<>();
    Await.until(
        "a look at all files",
        PATIENCE,
        () -> {
          all.clear();
          try (Stream<Path> files = Files.walk(directory)) {
            files.filter(Files::isRegularFile).forEach(all::add);
            return true;
          } catch (UncheckedIOException e) {
            return false;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return all;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void sessionsOfANodeThatIsKilledHaveAnEndInTheAuditLogThatSaysSo() {
    try (Program session = members.holdfastSsh("web1.demo", ECHO).start()) {
      session.type("one\n");
      session.awaitOutput("heard one\n", PATIENCE);
      members.end("web1", "KILL");
      members.launch("web1");
      Await.until(
          () -> "the end of the session in " + members.audited("session.end"),
          PATIENCE,
          () -> members.audited("session.end").contains("\"code\":\"T2003W\""));
      assertThat(members.audited("session.end").lines().filter(it -> it.contains("T2003W")))
          .singleElement()
          .asString()
          .contains("\"missing\":\"the end\"", "\"reason\":\"killed\"", "\"user\":\"alice\"");
    }
    Await.until(
        "the way back",
        PATIENCE,
        () -> members.holdfastSsh("web1.demo", "true").run().status() == 0);
  }

  /** Whoever logs in hears nothing of it; what is recorded waits on the node and comes later. */
  @Test
  @NeedsRoot
  void whileTheStoreIsFullOrReadOnlyPartsWaitAndComeLater() {
    Path store = members.state("auth").resolve("recordings");
    mount(store);
    try {
      Command.of("dd", "if=/dev/zero", "of=" + store.resolve("rest"), "bs=4k").run().exited(1);
      String full = recordedWhile("No space left on device");
      Command.of("rm", store.resolve("rest").toString()).run().ok();
      awaitWhole(full);
      remount(store, "ro");
      String closed = recordedWhile("Read-only file system");
      remount(store, "rw");
      awaitWhole(closed);
    } finally {
      Command.of("umount", "-l", store.toString()).run().ok();
    }
  }

  /** The session does not wait for the store, and the node does not keep in memory what does. */
  @Test
  @NeedsRoot
  void whatIsWrittenWhileTheStoreIsAwayIsOnTheNodesDiskAndWholeWhenItIsBack() {
    Path store = members.state("auth").resolve("recordings");
    Path shown = Scratch.directory("shown").resolve("output");
    Path played = shown.resolveSibling("played");
    String writes =
        "head -c 24000000 /dev/urandom | base64; for i in $(seq %d); do head -c 24576 /dev/urandom | base64; sleep 0.2; done"
            .formatted(5 * AWAY.toSeconds());
    mount(store);
    try {
      remount(store, "ro");
      Program node = members.running("web1");
      Vitals idle = Vitals.of(node);
      members
          .holdfastSsh("web1.demo", writes)
          .writing(shown)
          .start()
          .await(AWAY.plus(PATIENCE))
          .ok();
      Vitals after = Vitals.of(node);
      System.err.printf(
          "the store was away for %d s, in which %d KiB were written: node %s, then %s%n",
          AWAY.toSeconds(), size(shown) >> 10, idle, after);
      assertThat(after.liveBytes() - idle.liveBytes()).isLessThan(MEMORY);
    } finally {
      Command.of("umount", "-l", store.toString()).run().ok();
    }
    long back = System.nanoTime();
    String id = next();
    awaitWhole(id, PATIENCE.plus(AWAY));
    System.err.printf("whole %.1f s later%n", (System.nanoTime() - back) / 1e9);
    play(id).with("HOLDFAST_JAVA_OPTS", SMALL).writing(played).start().await(PATIENCE).ok();
    assertThat(Sample.sha256(played)).isEqualTo(Sample.sha256(shown));
  }

  private static long size(Path file) {
    return file.toFile().length();
  }

  private String recordedWhile(String why) {
    members.holdfastSsh("web1.demo", "echo while; exit 5").run().exited(5);
    members.own("ls").run().ok();
    members.running("web1").awaitOutput(why, PATIENCE);
    String id = next();
    assertThat(members.own("recordings", "verify", id).run().exited(1).output())
        .contains("there is no part of a recording");
    return id;
  }

  @Test
  @NeedsRoot
  void inSyncAStoreThatFailsEndsSessionsWithANoticeAndLetsNoneBegin() {
    members.apply(Members.ROLE + "options: {recording: node_sync}\n");
    Path store = members.state("auth").resolve("recordings");
    mount(store);
    try (Program session = members.holdfastSsh("web1.demo", ECHO).start()) {
      session.type("one\n");
      session.awaitOutput("heard one\n", PATIENCE);
      remount(store, "ro");
      session.type("two\n");
      Outcome ended = session.await(PATIENCE).exited(254);
      assertThat(ended.errors())
          .contains(
              "The session could not be recorded: the destination did not take it in 3 s: ",
              "Read-only file system");
      assertThat(ended.output()).doesNotContain("two");
      assertThat(members.holdfastSsh("web1.demo", "true").run().exited(254).errors())
          .contains("This server records sessions and can't do so now");
      remount(store, "rw");
      members.holdfastSsh("web1.demo", "true").run().ok();
    } finally {
      Command.of("umount", "-l", store.toString()).run().ok();
    }
  }

  private static void mount(Path directory) {
    Command.of("mkdir", "-p", "-m", "700", directory.toString()).run().ok();
    Command.of("mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "none", directory.toString())
        .run()
        .ok();
  }

  private static void remount(Path directory, String how) {
    Command.of("mount", "-o", "remount," + how, directory.toString()).run().ok();
  }
}
