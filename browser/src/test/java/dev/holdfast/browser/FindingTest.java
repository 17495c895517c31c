package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingTest {
  private static Finding parse(String text) {
    return Finding.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Finding ss(String... lines) {
    return parse(
        "@@BEGIN\n@system Linux 1000 build\n@ss\n" + String.join("\n", lines) + "\n@@END\n");
  }

  private static Listener one(String line) {
    List<Listener> listeners = ss(line).listeners();
    assertThat(listeners).hasSize(1);
    return listeners.getFirst();
  }

  @Test
  void readsNothingButWhatStandsBetweenTheMarks() {
    Finding finding =
        parse(
            """
            Welcome!
            LISTEN 0 5 127.0.0.1:1 0.0.0.0:*
            @@BEGIN
            @system Linux 1000 build
            @ss
            LISTEN 0 5 127.0.0.1:8888 0.0.0.0:* users:(("node",pid=7,fd=3)) uid:1000 ino:55 sk:1
            @programs
            n 7 node
            a 7 node /home/ann/app/server.js --token=secret
            d 7 /home/ann/app
            @@END
            LISTEN 0 5 127.0.0.1:2 0.0.0.0:*
            """);

    assertThat(finding.isWhole()).isTrue();
    assertThat(finding.system()).isEqualTo("Linux");
    assertThat(finding.serverName()).isEqualTo("build");
    assertThat(finding.uid()).isEqualTo(1000);
    assertThat(finding.listeners())
        .containsExactly(new Listener("127.0.0.1", 8888, 1000, 55, List.of(7L), "node"));
    assertThat(finding.programs().get(7L))
        .isEqualTo(
            new ServerProgram(
                "node", "node /home/ann/app/server.js --token=secret", "/home/ann/app"));
  }

  @Test
  void isNotWholeWhenTheEndIsMissing() {
    assertThat(parse("@@BEGIN\n@ss\n").isWhole()).isFalse();
    assertThat(parse("sh: not found\n").isWhole()).isFalse();
  }

  @Test
  void readsTheAddressesThatSsWrites() {
    assertThat(one("LISTEN 0 5 127.0.0.1%lo:8606 0.0.0.0:*").address()).isEqualTo("127.0.0.1");
    assertThat(one("LISTEN 0 5 [fe80::7]%v1:8605 [::]:*").isDialable()).isFalse();
    assertThat(one("LISTEN 0 5 [fe80::7%v1]:8605 [::]:*").isDialable()).isFalse();
    assertThat(one("LISTEN 0 5 *:8602 *:*").dials()).containsExactly("127.0.0.1", "::1");
    assertThat(one("LISTEN 0 5 [::]:8604 [::]:*").dials()).containsExactly("::1");
    assertThat(one("LISTEN 0 5 0.0.0.0:8604 0.0.0.0:*").dials()).containsExactly("127.0.0.1");
    assertThat(one("LISTEN 0 5 [::ffff:127.0.0.1]:8603 *:*").dials()).containsExactly("127.0.0.1");
    assertThat(one("LISTEN 0 5 127.0.0.53:8601 0.0.0.0:*").dials()).containsExactly("127.0.0.53");
  }

  @Test
  void readsTheOwnersThatSsWrites() {
    assertThat(
            one("LISTEN 0 5 *:80 *:* users:((\"nginx\",pid=21312,fd=4),(\"nginx\",pid=21311,fd=4))")
                .pids())
        .containsExactly(21311L, 21312L);
    Listener odd = one("LISTEN 0 5 *:80 *:* users:((\"a \"b\",pid=9796,fd=3)) uid:7 ino:8 sk:9");
    assertThat(odd.program()).isEqualTo("a \"b");
    assertThat(odd.uid()).isEqualTo(7);
    Listener cut =
        one("LISTEN 0 5 *:80 *:* users:((\"x uid:0 ino:1 (y\",pid=3,fd=3)) uid:7 ino:8 sk:9");
    assertThat(cut.uid()).isEqualTo(7);
    assertThat(cut.inode()).isEqualTo(8);
    assertThat(one("LISTEN 0 5 *:80 *:* ino:8 sk:9").uid()).isZero();
  }

  @Test
  void readsWhatTheKernelWritesByWords() {
    Finding finding =
        parse(
            """
            @@BEGIN
            @system Linux 0 b
            @proc
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0 100 0 0 10 0
               1: 00000000000000000000000000000000:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0
               2: 0000000000000000FFFF00000100007F:219B 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13 1 0 100 0 0 10 0
               3: 00000000000000000000000001000000:219C 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 14 1 0 100 0 0 10 0
               4: B80D0120000000000000000001000000:219D 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 15 1 0 100 0 0 10 0
            @owners
            40 11
            30 11
            @programs
            n 30 python3
            @@END
            """);

    assertThat(finding.listeners())
        .extracting(Listener::address, Listener::port)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("127.0.0.1", 8080),
            org.assertj.core.groups.Tuple.tuple("*", 8081),
            org.assertj.core.groups.Tuple.tuple("127.0.0.1", 8603),
            org.assertj.core.groups.Tuple.tuple("::1", 8604),
            org.assertj.core.groups.Tuple.tuple("2001:db8:0:0:0:0:0:1", 8605));
    assertThat(finding.listeners().getFirst().pids()).containsExactly(30L, 40L);
    assertThat(Candidate.of(finding).getFirst().program().name()).isEqualTo("python3");
  }

  @Test
  void readsLsofWhereSeveralNamesFollowOneProcess() {
    Finding finding =
        parse(
            """
            @@BEGIN
            @system Darwin 501 mac
            @lsof
            p70
            cnode
            u501
            f3
            n*:8080
            n[::1]:8081
            p71
            cx
            n127.0.0.1:1
            @@END
            """);

    assertThat(finding.listeners())
        .containsExactly(
            new Listener("*", 8080, 501, -1, List.of(70L), "node"),
            new Listener("::1", 8081, 501, -1, List.of(70L), "node"),
            new Listener("127.0.0.1", 1, -1, -1, List.of(71L), "x"));
  }

  @Test
  void readsNetstatWithADotBeforeThePort() {
    Finding finding =
        parse(
            """
            @@BEGIN
            @system FreeBSD 501 b
            @netstat
            tcp4       0      0 127.0.0.1.8080         *.*                    LISTEN
            tcp46 0 0 *.81 *.* LISTEN
            @@END
            """);

    assertThat(finding.listeners()).extracting(Listener::address).containsExactly("127.0.0.1", "*");
  }

  @Test
  void keepsNoMoreThanItsBounds() {
    StringBuilder many = new StringBuilder("@@BEGIN\n@ss\n");
    for (int i = 0; i < Finding.MOST_LISTENERS + 5; i++) {
      many.append("LISTEN 0 5 127.0.0.1:").append(1 + i).append(" 0.0.0.0:*\n");
    }
    assertThat(parse(many.toString()).listeners()).hasSize(Finding.MOST_LISTENERS);
    assertThat(Candidate.of(parse(many.toString()))).hasSize(Candidate.MOST);
    assertThat(
            parse(
                    "@@BEGIN\n@ss\nLISTEN 0 5 127.0.0.1:9 0.0.0.0:* users:((\""
                        + "x".repeat(Finding.MOST_LINE)
                        + "\",pid=1,fd=1))\n")
                .listeners()
                .getFirst()
                .pids())
        .isEmpty();
  }
}
