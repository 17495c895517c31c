package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.OpenSsh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists as ssh-keygen makes them. */
final class RevocationListTest {
  @TempDir Path directory;
  private Path authority;
  private Path key;

  @BeforeEach
  void makeKeys() throws Exception {
    authority = new OpenSsh(directory).key("ecdsa");
    key = new OpenSsh(directory).key("ed25519");
  }

  @ParameterizedTest
  @ValueSource(strings = {"key: ", "sha1: ", "sha256: "})
  void aKeyIsRevokedByItselfAndByItsDigests(String how) throws Exception {
    RevocationList list = list(how + publicKey(key), false);
    assertThat(list.has(shown(key))).isTrue();
    assertThat(list.has(shown(authority))).isFalse();
    assertThat(list.has(certificate(7))).isTrue();
    assertThat(list(how + publicKey(authority), false).has(certificate(7))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"5, 4 6", "5-9, 4 10", "1-3, 0 4", "18446744073709551615, 0 1"})
  void serialsOfAnAuthorityAreRevokedAndNoOthers(String serials, String others) throws Exception {
    RevocationList list = list("serial: " + serials, true);
    for (String end : serials.split("-", -1)) {
      assertThat(list.has(certificate(Long.parseUnsignedLong(end)))).as(end).isTrue();
    }
    for (String other : others.split(" ", -1)) {
      assertThat(list.has(certificate(Long.parseLong(other)))).as(other).isFalse();
    }
    assertThat(list.has(shown(key))).isFalse();
  }

  /** So many, in no ranges, that ssh-keygen writes a bitmap of them. */
  @Test
  void serialsInABitmapAreRevokedAndThoseBetweenAreNot() throws Exception {
    StringBuilder lines = new StringBuilder();
    IntStream.range(0, 300)
        .forEach(i -> lines.append("serial: ").append(1000 + 2 * i).append('\n'));
    byte[] file = file(lines.toString(), true);
    assertThat(file).as("a bitmap").hasSizeLessThan(300 * Long.BYTES).contains((byte) 0x22);
    RevocationList list = RevocationList.parse(file);
    for (int serial : new int[] {1000, 1002, 1598}) {
      assertThat(list.has(certificate(serial))).as("" + serial).isTrue();
    }
    for (int serial : new int[] {998, 999, 1001, 1597, 1599, 1600}) {
      assertThat(list.has(certificate(serial))).as("" + serial).isFalse();
    }
  }

  @Test
  void anIdRevokesWhateverHasIt() throws Exception {
    assertThat(list("id: an id", true).has(certificate(0))).isTrue();
    assertThat(list("id: an idea", true).has(certificate(0))).isFalse();
  }

  @Test
  void anotherAuthoritysSerialsAreNotRevoked() throws Exception {
    Path other = new OpenSsh(Files.createDirectory(directory.resolve("other"))).key("ecdsa");
    authority = other;
    byte[] file = file("serial: 5", true);
    authority = directory.resolve("key-ecdsa");
    assertThat(RevocationList.parse(file).has(certificate(5))).isFalse();
  }

  @Test
  void whatIsCutOffOrOfAnotherFormatIsUnusable() throws Exception {
    byte[] good = file("serial: 5-9\nid: x\nkey: " + publicKey(key), true);
    RevocationList.parse(good);
    byte[] changed = good.clone();
    changed[11] = 2;
    assertThatThrownBy(() -> RevocationList.parse(changed))
        .isInstanceOf(MalformedKeyException.class);
    assertThatThrownBy(() -> RevocationList.parse(Arrays.copyOf(good, good.length - 1)))
        .isInstanceOf(MalformedKeyException.class);
    byte[] section = Arrays.copyOf(good, good.length + 5);
    section[good.length] = 4;
    assertThatThrownBy(() -> RevocationList.parse(section))
        .isInstanceOf(MalformedKeyException.class);
    byte[] critical = Arrays.copyOf(good, good.length + 14);
    critical[good.length] = (byte) 255;
    critical[good.length + 4] = 9;
    assertThat(RevocationList.parse(critical).has(shown(key))).isTrue();
    critical[good.length + 9] = 1;
    assertThatThrownBy(() -> RevocationList.parse(critical))
        .isInstanceOf(MalformedKeyException.class);
  }

  private RevocationList list(String lines, boolean ofAuthority) throws Exception {
    return RevocationList.parse(file(lines, ofAuthority));
  }

  private byte[] file(String lines, boolean ofAuthority) throws Exception {
    Path file = directory.resolve("krl");
    Path spec = Files.writeString(directory.resolve("spec"), lines + "\n");
    List<String> line = new ArrayList<>(List.of("ssh-keygen", "-q", "-k", "-f", file.toString()));
    if (ofAuthority) {
      line.addAll(List.of("-s", authority + ".pub"));
    }
    line.add(spec.toString());
    run(line);
    return Files.readAllBytes(file);
  }

  private UserCertificate certificate(long serial) throws Exception {
    String number = Long.toUnsignedString(serial);
    String signer = authority.toString();
    run(List.of("ssh-keygen", "-q", "-s", signer, "-I", "an id", "-z", number, key + ".pub"));
    String[] words = Files.readString(Path.of(key + "-cert.pub")).split(" ", 3);
    return UserCertificate.parse(SshPublicKey.of(words[0], words[1]));
  }

  private static void run(List<String> line) throws Exception {
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static String publicKey(Path key) throws Exception {
    return OpenSsh.line(key);
  }

  private static SshPublicKey shown(Path key) throws Exception {
    String[] words = OpenSsh.line(key).split(" ", 2);
    return SshPublicKey.of(words[0], words[1]);
  }
}
