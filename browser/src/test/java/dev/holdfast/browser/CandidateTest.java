package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CandidateTest {
  private static Listener at(String address, int port, long uid, long pid, String program) {
    return new Listener(address, port, uid, 5, pid < 0 ? List.of() : List.of(pid), program);
  }

  private static List<Candidate> of(Listener... listeners) {
    return Candidate.of(new Finding("Linux", "build", 1000, List.of(listeners), Map.of(), true));
  }

  @Test
  void isOneForAProgramThatListensOnSeveralAddressesOfAPort() {
    List<Candidate> candidates = of(at("::1", 80, 1000, 3, "x"), at("127.0.0.1", 80, 1000, 3, "x"));

    assertThat(candidates).hasSize(1);
    assertThat(candidates.getFirst().id()).isEqualTo("localhost:80");
    assertThat(candidates.getFirst().dials()).containsExactly("127.0.0.1", "::1");
  }

  @Test
  void isOneForEachProgramOnThePortAndTheFirstIsLocalhost() {
    List<Candidate> candidates =
        of(
            at("::1", 80, 1000, 4, "y"),
            at("127.0.0.1", 80, 1000, 3, "x"),
            at("127.0.0.2", 80, 1000, 5, "z"));

    assertThat(candidates)
        .extracting(Candidate::id)
        .containsExactlyInAnyOrder("localhost:80", "[::1]:80", "127.0.0.2:80");
    assertThat(
            candidates.stream()
                .filter(it -> it.id().equals("localhost:80"))
                .findFirst()
                .orElseThrow()
                .pid())
        .isEqualTo(3);
  }

  @Test
  void putsTheLoginsOwnFirst() {
    assertThat(
            of(
                at("*", 80, 0, -1, ""),
                at("127.0.0.1", 9000, 1000, 3, "x"),
                at("127.0.0.1", 8000, 1000, 4, "x")))
        .extracting(Candidate::port)
        .containsExactly(8000, 9000, 80);
  }

  @Test
  void isMarkedAsForwardedAndNotHidden() {
    assertThat(of(at("*", 8080, 0, 9, "docker-proxy")).getFirst().owner())
        .isEqualTo(Candidate.Owner.FORWARDED);
    assertThat(of(at("127.0.0.1", 8080, 1000, 9, "sshd")).getFirst().owner())
        .isEqualTo(Candidate.Owner.FORWARDED);
  }

  @Test
  void leavesAloneWhatARequestMayHarm() {
    for (int port : new int[] {22, 25, 5432, 6379, 9100, 5900, 6010, 27017}) {
      assertThat(of(at("*", port, 1000, 9, "x")).getFirst().mayBeProbed())
          .as("port " + port)
          .isFalse();
    }
    assertThat(of(at("*", 15432, 1000, 9, "postgres")).getFirst().mayBeProbed()).isFalse();
    assertThat(of(at("127.0.0.1", 8080, 7, -1, "")).getFirst().mayBeProbed())
        .as("another user's, for himself")
        .isFalse();
    assertThat(of(at("*", 8080, 7, -1, "")).getFirst().mayBeProbed())
        .as("another user's, for all")
        .isTrue();
    assertThat(of(at("127.0.0.1", 8080, 1000, 9, "x")).getFirst().mayBeProbed()).isTrue();
  }

  @Test
  void leavesAJavaDebuggerAlone() {
    Map<Long, ServerProgram> programs =
        Map.of(
            9L,
            new ServerProgram(
                "java",
                "java -agentlib:jdwp=transport=dt_socket,server=y,address=*:8000 -jar app.jar",
                ""));
    Finding finding =
        new Finding(
            "Linux",
            "b",
            1000,
            List.of(at("*", 8000, 1000, 9, "java"), at("*", 8080, 1000, 9, "java")),
            programs,
            true);

    assertThat(Candidate.of(finding))
        .extracting(Candidate::mayBeProbed)
        .containsExactly(false, true);
    assertThat(Candidate.of(finding).getFirst().program().label()).isEqualTo("app.jar");
  }

  @Test
  void isCalledByWhatAPersonStarted() {
    assertThat(
            new ServerProgram("python3.11", "/usr/bin/python3.11 -m http.server 8000", "").label())
        .isEqualTo("http.server");
    assertThat(new ServerProgram("node", "node --inspect /srv/app/server.js --token=x", "").label())
        .isEqualTo("server.js");
    assertThat(
            new ServerProgram("python3", "/usr/bin/python3 /usr/bin/jupyter-lab --port 8888", "")
                .label())
        .isEqualTo("jupyter-lab");
    assertThat(new ServerProgram("python3", "python3 -c print('secret')", "").label())
        .isEqualTo("python3");
    assertThat(new ServerProgram("nginx", "", "").label()).isEqualTo("nginx");
  }
}
