package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class RekeyTest {
  private static final long LIMIT = 256 * 1024;
  private static final int WANTED = 500;
  private static final int MANY = 10;
  private static final int MOST_ROUNDS = 400;
  private static final int ROUND_BYTES = 8 << 20;

  /**
   * Both sides count the same bytes with the same small limit, so both often ask at the same time;
   * how often their KEXINITs really crossed is the number started minus the number done.
   */
  @Test
  void bothSidesMayAskForNewKeysAtTheSameTimeAgainAndAgain() throws Exception {
    RekeyLog log = new RekeyLog();
    try (Rig rig = new Rig(new CopyPrograms(), LIMIT)) {
      log.watch(rig);
      ClientConnection connection = rig.connect(new Pipe(16 * 1024));
      for (int round = 0; log.crossed() < WANTED; round++) {
        assertThat(round).as("rounds; %s", log).isLessThan(MOST_ROUNDS);
        assertThat(echo(connection, CopyPrograms.bytes(ROUND_BYTES, round)))
            .isEqualTo(sha256(CopyPrograms.bytes(ROUND_BYTES, round)));
      }
    }
  }

  @Test
  void newKeysThatThePeerAskedForAreAsGoodAsOurs() throws Exception {
    RekeyLog log = new RekeyLog();
    try (Rig rig = new Rig(new CopyPrograms(), LIMIT, ROUND_BYTES)) {
      log.watch(rig);
      ClientConnection connection = rig.connect(new Pipe(16 * 1024));
      for (int round = 0; log.startedByServer() <= MANY; round++) {
        assertThat(round).as("rounds; %s", log).isLessThan(MOST_ROUNDS);
        assertThat(echo(connection, CopyPrograms.bytes(ROUND_BYTES, round)))
            .isEqualTo(sha256(CopyPrograms.bytes(ROUND_BYTES, round)));
      }
      assertThat(log.startedByClient()).isZero();
    }
  }

  private static String echo(ClientConnection connection, InputStream bytes) throws Exception {
    ByteArrayOutputStream back = new ByteArrayOutputStream();
    Exit exit = connection.exec("echo", bytes, back, OutputStream.nullOutputStream());
    assertThat(exit).isEqualTo(new Exit.Status(0));
    return sha256(new ByteArrayInputStream(back.toByteArray()));
  }

  private static String sha256(InputStream bytes) throws IOException {
    return CopyPrograms.copy(bytes, OutputStream.nullOutputStream());
  }

  @Test
  void aMeterIsDueOnceItsLimitIsPassedAndNotAfterARestart() {
    RekeyMeter meter = new RekeyMeter(100);
    meter.carried(100);
    assertThat(meter.isDue()).isFalse();
    meter.carried(1);
    assertThat(meter.isDue()).isTrue();
    meter.restart();
    assertThat(meter.isDue()).isFalse();
  }

  @Test
  void aLimitIsPositive() {
    assertThatThrownBy(() -> new RekeyMeter(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
