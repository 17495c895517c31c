package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.Property;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SettingsTest {
  private static final Duration LONGEST_OUTAGE = Duration.ofDays(30);

  private final Rig rig = new Rig(new CopyPrograms());
  private final List<FactoryManager> both = List.of(rig.server.server, rig.client.client);

  @AfterEach
  void stop() {
    rig.close();
  }

  /** Zero and less mean "off" for these, and only for these. */
  @Test
  void silenceEndsNothing() {
    for (FactoryManager manager : both) {
      assertThat(value(CoreModuleProperties.IDLE_TIMEOUT, manager)).isZero();
      assertThat(value(CoreModuleProperties.HEARTBEAT_INTERVAL, manager)).isZero();
      assertThat(value(CoreModuleProperties.NIO2_MIN_WRITE_TIMEOUT, manager)).isZero();
    }
  }

  @Test
  void nothingThatWaitsForThePeerGivesUpDuringAnOutage() {
    for (FactoryManager manager : both) {
      for (Property<Duration> property :
          List.of(
              CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT,
              CoreModuleProperties.CHANNEL_CLOSE_TIMEOUT,
              CoreModuleProperties.FORWARD_REQUEST_TIMEOUT)) {
        assertThat(value(property, manager)).isGreaterThan(LONGEST_OUTAGE);
      }
    }
  }

  @Test
  void minaStartsNoRekeyByItself() {
    for (FactoryManager manager : both) {
      assertThat(value(CoreModuleProperties.REKEY_BYTES_LIMIT, manager)).isNegative();
      assertThat(value(CoreModuleProperties.REKEY_PACKETS_LIMIT, manager)).isNegative();
      assertThat(value(CoreModuleProperties.REKEY_TIME_LIMIT, manager)).isNegative();
      assertThat(value(CoreModuleProperties.REKEY_BLOCKS_LIMIT, manager)).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void aStrangerHasTwoMinutesAndAClientAsLongAsItsTargetSays() {
    assertThat(value(CoreModuleProperties.AUTH_TIMEOUT, rig.server.server))
        .isEqualTo(Duration.ofMinutes(2));
    assertThat(value(CoreModuleProperties.AUTH_TIMEOUT, rig.client.client)).isZero();
  }

  @Test
  void forwardedPortsDoNotWaitForNagle() {
    for (FactoryManager manager : both) {
      assertThat(value(CoreModuleProperties.TCP_NODELAY, manager)).isTrue();
    }
  }

  private static <T> T value(Property<T> property, FactoryManager manager) {
    return property.getRequired(manager);
  }
}
