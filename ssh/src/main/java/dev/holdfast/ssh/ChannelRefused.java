package dev.holdfast.ssh;

import java.io.IOException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;

/** The server opens no channel (RFC 4254 5.1). */
public final class ChannelRefused extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why not. */
  public enum Reason {
    /** It is not allowed (SSH_OPEN_ADMINISTRATIVELY_PROHIBITED). */
    PROHIBITED,
    /** Nobody answers where the channel should lead (SSH_OPEN_CONNECT_FAILED). */
    NOT_CONNECTED,
    /** The server does not know such channels. */
    UNKNOWN,
    /** The server has no room for it. */
    NO_ROOM
  }

  private final Reason reason;

  private ChannelRefused(Reason reason, Throwable cause) {
    super(words(reason), cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** What MINA says as what it means; unchanged if it means something else. */
  static IOException of(Throwable e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof SshChannelOpenException refused) {
        return new ChannelRefused(reason(refused.getReasonCode()), e);
      }
    }
    return e instanceof IOException same ? same : new IOException(e.getMessage(), e);
  }

  private static Reason reason(int code) {
    return switch (code) {
      case SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED -> Reason.PROHIBITED;
      case SshConstants.SSH_OPEN_UNKNOWN_CHANNEL_TYPE -> Reason.UNKNOWN;
      case SshConstants.SSH_OPEN_RESOURCE_SHORTAGE -> Reason.NO_ROOM;
      default -> Reason.NOT_CONNECTED;
    };
  }

  private static String words(Reason reason) {
    return switch (reason) {
      case PROHIBITED -> "open failed: administratively prohibited";
      case NOT_CONNECTED -> "open failed: connect failed";
      case UNKNOWN -> "open failed: unknown channel type";
      case NO_ROOM -> "open failed: resource shortage";
    };
  }
}
