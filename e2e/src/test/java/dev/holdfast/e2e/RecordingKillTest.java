package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.Event;
import dev.holdfast.recording.Verification;
import dev.holdfast.recording.Verification.State;
import dev.holdfast.recording.Verifier;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Nodes, proxies and the auth service, which has the store, are killed with -9 at random instants
 * of many sessions of stock ssh, in each mode: what the terminals showed is in the recordings.
 */
@Needs({Tool.SSH, Tool.SSHD})
@Timeout(3600)
final class RecordingKillTest {
  private static final int KILLS = Integer.getInteger("holdfast.kills", Effort.LONG ? 100 : 6);
  private static final int CONNECTIONS = Effort.LONG ? 5 : 2;

  /** Sessions in each connection. */
  private static final int EACH = Effort.LONG ? 8 : 3;

  /** How long sessions go on before something is killed, at most. */
  private static final long LONGEST_MILLIS = 2_500;

  private static final List<String> MODES = List.of("node", "proxy", "node_sync", "proxy_sync");

  private final Random random = new Random();
  private final List<Program> sessions = new ArrayList<>();
  private final List<Program> masters = new ArrayList<>();
  private int checked;
  private int cut;

  @Test
  void whatTerminalsShowedIsInRecordingsThatSayWhereTheyWereCut() throws Exception {
    try (Members members = Members.start()) {
      members.sshd().certify(members.hostCertificate().toString());
      for (int i = 0; i < KILLS; i++) {
        String mode = MODES.get(i % MODES.size());
        boolean byProxy = mode.startsWith("proxy");
        String recorder = byProxy ? "proxy" : "web1";
        round(members, mode, byProxy ? "old.demo" : "web1.demo", i % 3 == 2 ? "auth" : recorder);
      }
    }
    System.out.printf(
        "%d recordings of sessions under %d kills, %d of them cut%n", checked, KILLS, cut);
    assertThat(cut).isPositive();
  }

  private void round(Members members, String mode, String host, String victim) throws Exception {
    members.apply(Members.ROLE + "options: {recording: " + mode + "}\n");
    begin(members, host);
    LockSupport.parkNanos(random.nextLong(LONGEST_MILLIS * 1_000_000));
    members.end(victim, "KILL");
    members.launch(victim);
    if (victim.equals("auth")) {
      masters.forEach(it -> it.signal("TERM"));
    }
    for (Program session : sessions) {
      session.await(Members.PATIENCE);
    }
    masters.forEach(Program::close);
    if (!victim.equals("auth")) {
      Members.awaitNodes(members.running(victim.equals("web1") ? "proxy" : victim));
    }
    Path stored = members.state("auth").resolve("recordings");
    boolean sync = mode.endsWith("_sync");
    for (Program session : sessions) {
      check(new DirectoryParts(stored), session, mode, sync);
    }
    sessions.clear();
    masters.clear();
    reach(members, host);
  }

  /** Each says its name, and then lines with numbers. */
  private void begin(Members members, String host) {
    for (int i = 0; i < CONNECTIONS; i++) {
      Path socket = Scratch.directory("mux").resolve("socket");
      Program master = members.jump("-M", "-N", "-S", socket.toString(), host).start();
      masters.add(master);
      Await.until("a connection", Members.PATIENCE, () -> Files.exists(socket));
      for (int k = 0; k < EACH; k++) {
        String name = UUID.randomUUID().toString();
        String lines =
            "echo %s; i=0; while :; do for k in 1 2 3 4 5 6 7 8; do i=$((i+1)); echo $i; done; sleep 0.%d; done"
                .formatted(name, 2 + k % 5);
        sessions.add(Command.of("ssh", "-F", "none", "-S", socket.toString(), "x", lines).start());
      }
    }
    sessions.forEach(it -> it.awaitOutput("\n16\n", Members.PATIENCE));
  }

  private void check(DirectoryParts parts, Program session, String mode, boolean sync) {
    String shown = session.output();
    String[] last = {""};
    Await.until(
        () -> mode + ": a recording of what was shown, " + last[0],
        Members.PATIENCE,
        () -> {
          Found found = find(parts, shown.lines().findFirst().orElseThrow());
          last[0] = String.valueOf(found.verification);
          assertThat(found.verification.state()).as(last[0]).isNotEqualTo(State.DAMAGED);
          return found.verification.state() != State.UNFINISHED || sync;
        });
    Found found = find(parts, shown.lines().findFirst().orElseThrow());
    assertThat(found.output).isEqualTo(expected(found.output));
    if (sync) {
      assertThat(found.output).startsWith(shown);
    } else {
      // What was shown in the last half second may be missing.
      assertThat(found.output).contains("\n8\n");
    }
    checked++;
    cut += found.verification.state() == State.CUT ? 1 : 0;
  }

  /** As much of what such a session says. */
  private static String expected(String some) {
    StringBuilder all = new StringBuilder(some.lines().findFirst().orElseThrow()).append('\n');
    for (int i = 1; all.length() < some.length(); i++) {
      all.append(i).append('\n');
    }
    return all.substring(0, some.length());
  }

  private record Found(Verification verification, String output) {}

  private final Map<String, String> names = new HashMap<>();

  /** The recording whose output begins with this line. */
  private Found find(DirectoryParts parts, String first) {
    Found[] found = new Found[1];
    Await.until(
        () -> "a recording of " + first,
        Members.PATIENCE,
        () -> {
          for (String name : parts.recordings()) {
            if (names.getOrDefault(name, first).equals(first)) {
              Found one = read(parts, name);
              one.output.lines().findFirst().ifPresent(it -> names.put(name, it));
              found[0] = one.output.startsWith(first) ? one : found[0];
            }
          }
          return found[0] != null;
        });
    return found[0];
  }

  private static Found read(DirectoryParts parts, String name) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    Verification verification =
        Verifier.verify(
            parts,
            name,
            event -> {
              if (event.content() instanceof Event.Output(_, byte[] bytes)) {
                output.writeBytes(bytes);
              }
            });
    return new Found(verification, output.toString(StandardCharsets.UTF_8));
  }

  private static void reach(Members members, String host) {
    Await.until(
        "the way back", Members.PATIENCE, () -> members.jump(host, "true").run().status() == 0);
  }
}
