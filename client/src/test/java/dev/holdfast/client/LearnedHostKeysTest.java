package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.SshKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is learned of the keys that a server announces. */
final class LearnedHostKeysTest {
  @TempDir Path directory;
  private final PublicKey used = SshKeys.generateEd25519().getPublic();
  private final PublicKey fresh = SshKeys.generateEd25519().getPublic();
  private final PublicKey gone = SshKeys.generateEd25519().getPublic();
  private final List<PublicKey> asked = new ArrayList<>();

  private String learned(String before, HostKeyCheck.Prover prover, String... options)
      throws Exception {
    Path file = Files.writeString(directory.resolve("known"), before);
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("UserKnownHostsFile " + file, "GlobalKnownHostsFile none"));
    ClientConfig config =
        ClientConfig.read(
            new ConfigQuery("host", all, Optional.of("none"), ""), Surroundings.ofProcess());
    new KnownHostsCheck(config, "127.0.0.1", new WrittenPerson())
        .announced(List.of(used, fresh), prover);
    return Files.readString(file);
  }

  private List<PublicKey> proveAll(List<PublicKey> keys) {
    asked.addAll(keys);
    return keys;
  }

  private String line(String names, PublicKey key) {
    return names + " " + SshKeys.line(key) + "\n";
  }

  @Test
  void newKeysAreAddedAndThoseThatTheServerHasNoMoreGo() throws Exception {
    String other = line("other", gone) + "# mine\n";
    String before = other + line("host", used) + line("host", gone);
    assertThat(learned(before, this::proveAll, "UpdateHostKeys yes"))
        .isEqualTo(other + line("host", used) + line("host", fresh));
    assertThat(asked).containsExactly(fresh);
  }

  @Test
  void aKeyThatIsNotProvenChangesNothing() throws Exception {
    String before = line("host", used) + line("host", gone);
    assertThat(learned(before, _ -> List.of(), "UpdateHostKeys yes")).isEqualTo(before);
  }

  @Test
  void nothingIsLearnedWhereItIsNotWantedOrTheHostSharesItsLine() throws Exception {
    String before = line("host", used);
    assertThat(learned(before, this::proveAll, "UpdateHostKeys no")).isEqualTo(before);
    String shared = line("host,other", used);
    assertThat(learned(shared, this::proveAll, "UpdateHostKeys yes")).isEqualTo(shared);
    String authority = before + line("@cert-authority host", gone);
    assertThat(learned(authority, this::proveAll, "UpdateHostKeys yes")).isEqualTo(authority);
    assertThat(asked).isEmpty();
  }
}
