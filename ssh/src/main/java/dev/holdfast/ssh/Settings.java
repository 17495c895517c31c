package dev.holdfast.ssh;

import dev.holdfast.link.StreamClient;
import java.time.Duration;
import java.util.List;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.Property;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * What our client and server do otherwise than MINA's defaults, each with its reason.
 *
 * <p>The first reason of many: MINA's timers suppose that a peer which is silent for seconds is
 * gone. Below us is a stream that may be detached for hours and goes on where it was, and which
 * knows by itself whether the peer lives.
 */
final class Settings {
  /** Our software version, which follows "SSH-2.0-" where no other identification is given. */
  static final String SOFTWARE = "Holdfast";

  /** The same for clients, with a comment (RFC 4253 4.2). */
  static final String CLIENT = SOFTWARE + " " + StreamClient.COMMENT;

  /** Longer than any outage, and still a duration that can be added to the time of day. */
  private static final Duration NEVER = Duration.ofDays(36_500);

  /**
   * Bytes of data in a packet that we are willing to read, and send to whoever is willing. Large
   * packets cost less for each byte; MINA refuses packets whose length, with header and padding, is
   * above 256 KiB.
   */
  static final long MOST_PACKET_DATA = 255 * 1024;

  private record Setting<T>(Property<T> property, T value) {
    void applyTo(FactoryManager manager) {
      property.set(manager, value);
    }
  }

  private static final List<Setting<?>> TABLE =
      List.of(
          // Silence: the stream's business, see above.
          new Setting<>(CoreModuleProperties.IDLE_TIMEOUT, Duration.ZERO),
          new Setting<>(CoreModuleProperties.HEARTBEAT_INTERVAL, Duration.ZERO),
          // A program writes to a channel without window for as long as it takes, and does not fail
          // after 30 s; likewise the last packet of a channel, and a forwarded port's requests.
          new Setting<>(CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT, NEVER),
          new Setting<>(CoreModuleProperties.CHANNEL_CLOSE_TIMEOUT, NEVER),
          new Setting<>(CoreModuleProperties.FORWARD_REQUEST_TIMEOUT, NEVER),
          // A forwarded port's program may stop reading for longer than 30 s (0: no limit).
          new Setting<>(CoreModuleProperties.NIO2_MIN_WRITE_TIMEOUT, Duration.ZERO),
          // Without it a forwarded key press waits up to 40 ms for Nagle and delayed
          // acknowledgement.
          new Setting<>(CoreModuleProperties.TCP_NODELAY, true),
          // Re-keys are started by the reader, see RekeyMeter. A zero interval would mean "always".
          new Setting<>(CoreModuleProperties.REKEY_BYTES_LIMIT, -1L),
          new Setting<>(CoreModuleProperties.REKEY_PACKETS_LIMIT, -1L),
          new Setting<>(CoreModuleProperties.REKEY_BLOCKS_LIMIT, Long.MAX_VALUE),
          new Setting<>(CoreModuleProperties.REKEY_TIME_LIMIT, Duration.ofSeconds(-1)),
          // Upload is 1.2 times as fast as with 32 KiB.
          new Setting<>(CoreModuleProperties.MAX_PACKET_SIZE, MOST_PACKET_DATA),
          // What OpenSSH takes. ChannelInput bounds memory by it.
          new Setting<>(CoreModuleProperties.WINDOW_SIZE, 2L << 20),
          // SSH_MSG_IGNORE now and then hides nothing worth hiding and confuses small peers.
          new Setting<>(CoreModuleProperties.IGNORE_MESSAGE_FREQUENCY, 0L),
          // Else a refused command looks like a command that says nothing for ever.
          new Setting<>(CoreModuleProperties.REQUEST_EXEC_REPLY, true),
          new Setting<>(CoreModuleProperties.REQUEST_SHELL_REPLY, true),
          new Setting<>(CoreModuleProperties.CLIENT_IDENTIFICATION, CLIENT),
          new Setting<>(CoreModuleProperties.SERVER_IDENTIFICATION, SOFTWARE));

  /** The patience of the {@link Target} counts. */
  private static final Setting<Duration> CLIENT_PATIENCE =
      new Setting<>(CoreModuleProperties.AUTH_TIMEOUT, Duration.ZERO);

  private Settings() {}

  static void applyToServer(FactoryManager server, ServerSettings settings) {
    TABLE.forEach(setting -> setting.applyTo(server));
    CoreModuleProperties.AUTH_TIMEOUT.set(server, settings.get(ServerOption.LOGIN_GRACE_TIME));
  }

  static void applyToClient(FactoryManager client) {
    TABLE.forEach(setting -> setting.applyTo(client));
    CLIENT_PATIENCE.applyTo(client);
  }
}
