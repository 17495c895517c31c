package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CopyProgramsTest {
  private static final Login LOGIN = new Login("me", InetSocketAddress.createUnresolved("h", 1));

  /** The digest of "abc" in FIPS 180. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void sinkTellsTheDigest() throws Exception {
    run("sink", "abc");
    assertThat(out.toString(US_ASCII)).isEqualTo(ABC + "\n");
  }

  @Test
  void echoRepeats() throws Exception {
    run("echo", "abc");
    assertThat(out.toString(US_ASCII)).isEqualTo("abc");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 65_536, 200_001})
  void sourceGivesAsManyBytesAsAskedForAndTheirDigest(long count) throws Exception {
    run("source " + count + " 9", "");
    assertThat(out.toByteArray()).isEqualTo(CopyPrograms.bytes(count, 9).readAllBytes());
    assertThat(out.size()).isEqualTo(count);
    String digest =
        CopyPrograms.copy(new ByteArrayInputStream(out.toByteArray()), new ByteArrayOutputStream());
    assertThat(err.toString(US_ASCII)).isEqualTo(digest + "\n");
  }

  @Test
  void anotherSeedGivesOtherBytes() throws Exception {
    assertThat(CopyPrograms.bytes(100, 1).readAllBytes())
        .isNotEqualTo(CopyPrograms.bytes(100, 2).readAllBytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "cat", "sink 1", "echo 1", "source", "source 1", "source 1 x", "source 1 2 3"})
  void thereAreNoOtherPrograms(String command) {
    assertThat(find(command)).isNull();
  }

  private static @Nullable Program find(String command) {
    return new CopyPrograms().find(LOGIN, new SessionRequest.Exec(command));
  }

  private void run(String command, String input) throws Exception {
    InputStream stdin = new ByteArrayInputStream(input.getBytes(US_ASCII));
    Program program = Objects.requireNonNull(find(command));
    assertThat(program.run(new Program.Call(LOGIN, Map.of(), stdin, out, err))).isZero();
  }
}
