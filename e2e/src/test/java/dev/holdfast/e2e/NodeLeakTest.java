package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Many logins one after the other, right and wrong ones: nothing of them stays behind. */
final class NodeLeakTest {
  private static final int LOGINS =
      Integer.getInteger("holdfast.logins", Effort.LONG ? 10_000 : 100);
  private static final int REFUSED = Effort.LONG ? 1_000 : 12;

  /** First come classes that are loaded and caches that fill. */
  private static final int WARM_UP = Effort.LONG ? 1_000 : 40;

  private static final Duration GONE = Duration.ofSeconds(30);

  /** Of what is kept of a login that leaks: far less than a connection takes. */
  private static final long LIVE_BYTES_OF_EACH = 1_000;

  private static final long LIVE_BYTES_BESIDE = 2L << 20;

  @Test
  void loginsLeaveNoDescriptorProcessPtyOrMemoryBehind() {
    try (Node node = Node.start()) {
      Program process = node.generations().getFirst();
      JschLogins logins = new JschLogins(node.address());
      loginsByKey(logins, WARM_UP);
      Vitals before = settled(process, null);
      long begun = System.nanoTime();
      loginsByKey(logins, LOGINS);
      double seconds = (System.nanoTime() - begun) / 1e9;
      Vitals after = settled(process, before);
      System.err.printf(
          "%d logins in %.1f s: %s, then %s; resident %d MiB%n",
          LOGINS, seconds, before, after, Vitals.resident(process) >> 20);
      assertNothingStays(before, after, LOGINS);
      assertThat(process.alive()).isTrue();
    }
    Leftovers.end(GONE);
  }

  private static void loginsByKey(JschLogins logins, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(logins.run("exit " + i % 100, i % 3 == 0)).isEqualTo(i % 100);
    }
  }

  @Test
  @NeedsRoot
  void wrongPasswordsAreRefusedEachAndLeaveNothingBehind() throws IOException {
    String service = "hfe2e" + ProcessHandle.current().pid();
    Path pam = Path.of("/etc/pam.d", service);
    Files.writeString(
        pam,
        """
        auth required pam_unix.so nodelay
        account required pam_unix.so
        session required pam_permit.so
        """);
    try (Node node =
        Node.with(
            """
              UsePAM: yes
              PAMServiceName: %s
              PasswordAuthentication: yes
              MaxAuthTries: 2
            """
                .formatted(service))) {
      Program process = node.generations().getFirst();
      JschLogins logins = new JschLogins(node.address());
      wrongPasswords(logins, WARM_UP / 4);
      Vitals before = settled(process, null);
      wrongPasswords(logins, REFUSED);
      Vitals after = settled(process, before);
      System.err.printf("%d wrong passwords: %s, then %s%n", REFUSED, before, after);
      assertNothingStays(before, after, REFUSED);
      assertThat(node.log().lines().filter(line -> line.contains("was not let in")).count())
          .isEqualTo(REFUSED + WARM_UP / 4);
      assertThat(node.log())
          .contains("PAM does not let root in", "PAM does not let no-such-user in")
          .doesNotContain("open sesame");
      assertThat(logins.run("exit 3", false)).isEqualTo(3);
    } finally {
      Files.delete(pam);
    }
    Leftovers.end(GONE);
  }

  private static void wrongPasswords(JschLogins logins, int count) {
    for (int i = 0; i < count; i++) {
      String user = i % 2 == 0 ? Sshd.USER : "no-such-user";
      assertThat(logins.refusedBy(user, "open sesame " + i)).contains("Auth fail");
    }
  }

  private static void assertNothingStays(Vitals before, Vitals after, int logins) {
    assertThat(after.children()).isEqualTo(before.children());
    assertThat(after.ptys()).isEqualTo(before.ptys());
    assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors() + 8);
    assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 8);
    assertThat(after.liveBytes() - before.liveBytes())
        .isLessThan(LIVE_BYTES_BESIDE + logins * LIVE_BYTES_OF_EACH);
  }

  /** What it holds once the last connection has gone, which is a moment after its client has. */
  private static Vitals settled(Program process, @org.jspecify.annotations.Nullable Vitals before) {
    Vitals[] last = {Vitals.of(process)};
    Await.until(
        () -> "the end of all connections: " + last[0],
        GONE,
        () -> {
          Vitals now = Vitals.of(process);
          boolean still =
              now.descriptors() == last[0].descriptors()
                  && now.children() == 0
                  && now.ptys() == 0
                  && (before == null || now.descriptors() <= before.descriptors() + 8);
          last[0] = now;
          return still;
        });
    return last[0];
  }
}
