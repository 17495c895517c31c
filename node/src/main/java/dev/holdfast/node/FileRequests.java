package dev.holdfast.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of a client of sftp version 3 as they pass by (draft-ietf-secsh-filexfer-02,
 * and OpenSSH's PROTOCOL 4): which paths are opened, changed, listed. Of the bytes of files it
 * keeps none. Whether the server does what it is asked for is not seen here. Confined to one
 * thread.
 */
final class FileRequests {
  /** The longest message that sftp-server of OpenSSH takes (SFTP_MAX_MSG_LENGTH). */
  static final int MOST_MESSAGE = 256 * 1024;

  /** Bytes of a message that are looked at: two of the longest paths, and what is beside them. */
  static final int MOST_KEPT = 2 * 4096 + 1024;

  private static final int OPEN = 3;
  private static final int SETSTAT = 9;
  private static final int OPENDIR = 11;
  private static final int REMOVE = 13;
  private static final int MKDIR = 14;
  private static final int RMDIR = 15;
  private static final int RENAME = 18;
  private static final int SYMLINK = 20;
  private static final int EXTENDED = 200;

  /** Any of the flags of "open" but to read: write, append, create, truncate, exclusively. */
  private static final int WRITES = 0x3e;

  private final Consumer<FileRequest> requests;
  private final byte[] kept = new byte[MOST_KEPT];
  private int keptBytes;

  /** Bytes of the message that are still to come; negative while its length is read. */
  private long left = -1;

  private boolean unseen;

  FileRequests(Consumer<FileRequest> requests) {
    this.requests = requests;
  }

  /** Looks at what the client has sent next. */
  void pass(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end && !unseen) {
      at = left < 0 ? readLength(bytes, at, end) : readMessage(bytes, at, end);
    }
  }

  private int readLength(byte[] bytes, int from, int end) {
    int at = from;
    while (keptBytes < Integer.BYTES && at < end) {
      kept[keptBytes++] = bytes[at++];
    }
    if (keptBytes == Integer.BYTES) {
      left = Integer.toUnsignedLong(ByteBuffer.wrap(kept).getInt());
      keptBytes = 0;
      if (left == 0 || left > MOST_MESSAGE) {
        unseen = true;
        requests.accept(new FileRequest.Unseen());
      }
    }
    return at;
  }

  private int readMessage(byte[] bytes, int from, int end) {
    int count = (int) Math.min(left, end - from);
    int keep = Math.min(count, MOST_KEPT - keptBytes);
    if (keptBytes == 0 || isWanted(kept[0])) {
      System.arraycopy(bytes, from, kept, keptBytes, keep);
      keptBytes += keep;
    }
    left -= count;
    if (left == 0) {
      FileRequest request = request(ByteBuffer.wrap(kept, 0, keptBytes));
      if (request != null) {
        requests.accept(request);
      }
      keptBytes = 0;
      left = -1;
    }
    return from + count;
  }

  /** Whether anything but the first byte of such a message is looked at. */
  private static boolean isWanted(byte type) {
    return switch (type & 0xff) {
      case OPEN, SETSTAT, OPENDIR, REMOVE, MKDIR, RMDIR, RENAME, SYMLINK, EXTENDED -> true;
      default -> false;
    };
  }

  /** The request of a message, if it is one of those; what it lacks is empty. */
  private static @Nullable FileRequest request(ByteBuffer message) {
    int type = message.get() & 0xff;
    if (!isWanted((byte) type)) {
      return null;
    }
    number(message); // The request's id.
    return switch (type) {
      case OPEN -> new FileRequest.Open(text(message), (number(message) & WRITES) != 0);
      case SETSTAT -> new FileRequest.Change(text(message));
      case OPENDIR -> new FileRequest.List(text(message));
      case REMOVE -> new FileRequest.Remove(text(message));
      case MKDIR -> new FileRequest.MakeDirectory(text(message));
      case RMDIR -> new FileRequest.RemoveDirectory(text(message));
      case RENAME -> new FileRequest.Rename(text(message), text(message));
      // OpenSSH's order, which all follow: what it leads to comes first (PROTOCOL 4.1).
      case SYMLINK -> new FileRequest.Link(text(message), text(message), true);
      default -> extended(message);
    };
  }

  private static @Nullable FileRequest extended(ByteBuffer message) {
    return switch (text(message)) {
      case "posix-rename@openssh.com" -> new FileRequest.Rename(text(message), text(message));
      case "hardlink@openssh.com" -> new FileRequest.Link(text(message), text(message), false);
      case "lsetstat@openssh.com" -> new FileRequest.Change(text(message));
      default -> null;
    };
  }

  private static int number(ByteBuffer message) {
    return message.remaining() < Integer.BYTES ? 0 : message.getInt();
  }

  /** A path, as UTF-8; bytes that are none are shown as what stands for those. */
  private static String text(ByteBuffer message) {
    int length = Math.clamp(Integer.toUnsignedLong(number(message)), 0, message.remaining());
    byte[] bytes = new byte[length];
    message.get(bytes);
    return new String(bytes, UTF_8);
  }
}
