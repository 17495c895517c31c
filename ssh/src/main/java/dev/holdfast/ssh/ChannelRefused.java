package dev.holdfast.ssh;

import java.io.IOException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;

/** The server opens no channel (RFC 4254 5.1). */
public final class ChannelRefused extends IOException {
  private static final long serialVersionUID = 1L;

  /** Characters of the server's own words that are told. */
  private static final int MOST_WORDS = 256;

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

  private ChannelRefused(Reason reason, String sentence, Throwable cause) {
    super(sentence.isEmpty() ? words(reason) : words(reason) + ": " + sentence, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** What MINA says as what it means; unchanged if it means something else. */
  static IOException of(Throwable e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof SshChannelOpenException refused) {
        return new ChannelRefused(
            reason(refused.getReasonCode()), printable(String.valueOf(refused.getMessage())), e);
      }
    }
    return e instanceof IOException same ? same : new IOException(e.getMessage(), e);
  }

  /** A stranger's words, as far as a terminal may be given them. */
  private static String printable(String words) {
    return words
        .substring(0, Math.min(words.length(), MOST_WORDS))
        .replaceAll("\\p{Cntrl}", " ")
        .strip();
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
