package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Labels;
import dev.holdfast.access.Load;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.ApiRecords.MachineLoad;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@code holdfast top} shows. */
final class TopCommandTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static MachineLoad machine(
      String name, Optional<Instant> seen, boolean online, Optional<Load> load) {
    return new MachineLoad(
        new NodeRecord(
            "id-" + name,
            ServiceKind.NODE,
            name,
            "ssh-ed25519 AAAA",
            Labels.NONE,
            List.of(),
            List.of(),
            "1.0",
            seen,
            online),
        load);
  }

  @Test
  void showsHowMachinesAreAndHowMuchComes() {
    Map<String, TopCommand.Seen> before = new HashMap<>();
    Optional<Instant> seen = Optional.of(NOW.minusSeconds(3));
    TopCommand.table(
        List.of(machine("web1", seen, true, Optional.of(new Load(2, 3, 10)))),
        before,
        NOW.minusSeconds(60));
    String table =
        TopCommand.table(
            List.of(
                machine("web1", seen, true, Optional.of(new Load(4, 5, 40))),
                machine("web2", Optional.of(NOW.minusSeconds(12)), true, Optional.empty()),
                machine("web3", Optional.of(NOW.minusSeconds(7200)), false, Optional.empty()),
                machine("web4", Optional.empty(), false, Optional.empty())),
            before,
            NOW);
    assertThat(table.lines())
        .containsExactly(
            "NAME  KIND  STATE    SEEN   CONNECTIONS  SESSIONS  NEW/MIN  VERSION",
            "web1  node  ok       3s     4            5         30       1.0",
            "web2  node  late     12s    -            -         -        1.0",
            "web3  node  offline  2h     -            -         -        1.0",
            "web4  node  new      never  -            -         -        1.0");
  }
}
