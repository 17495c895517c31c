package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/** The numbers of the format, and its hash ({@code PROTOCOL.recording}). */
public final class RecordingFormat {
  /** Most bytes of a part. */
  public static final int MOST_PART = 4 << 20;

  /** Most bytes of the events of one block, before they are compressed. */
  static final int MOST_BLOCK = 256 * 1024;

  /** Most bytes of all events of one part, before they are compressed. */
  static final long MOST_PART_EVENTS = 128L << 20;

  /** Most parts of a recording. */
  public static final int MOST_PARTS = 1_000_000;

  /** Most bytes of output or input in one event. */
  public static final int MOST_DATA = 64 * 1024;

  /** Most bytes of an event behind its length. */
  static final int MOST_EVENT = MOST_DATA + 64;

  /** Most bytes of the description in the first event, and of the text in others. */
  public static final int MOST_TEXT = 64 * 1024;

  /** Bytes of the random name of a recording. */
  static final int NAME = 16;

  static final int HASH = 32;

  /** The head's bytes before the signature. */
  static final int UNSIGNED_HEAD = 120;

  /** A block's bytes before its payload: kind, length, length of the events. */
  static final int BLOCK_HEAD = 9;

  /** The seal's bytes: kind, signature. */
  static final int SEAL = 65;

  static final byte KIND_SEAL = 0;
  static final byte KIND_STORED = 1;
  static final byte KIND_DEFLATED = 2;
  static final byte KIND_ENCRYPTED = 3;
  static final byte KIND_DEFLATED_ENCRYPTED = 4;

  /** Holds CR, LF and, last, the version: a transfer as text shows. */
  private static final byte[] MAGIC = {'H', 'F', 'R', 'E', 'C', '\r', '\n', 1};

  private static final byte[] HEAD_SIGNED = "holdfast recording head v1\0".getBytes(US_ASCII);
  private static final byte[] SEAL_SIGNED = "holdfast recording seal v1\0".getBytes(US_ASCII);
  private static final Pattern NAMES = Pattern.compile("[0-9a-f]{32}");

  private RecordingFormat() {}

  /** Whether a recording can have that name. */
  public static boolean isName(String name) {
    return NAMES.matcher(name).matches();
  }

  /** {@code name}, if a recording can have it and a part that index; fails otherwise. */
  public static String check(String name, int index) {
    if (!isName(name)) {
      throw new IllegalArgumentException("a recording's name is 32 small hexadecimal digits");
    }
    if (index < 0 || index >= MOST_PARTS) {
      throw new IllegalArgumentException("no part has the index " + index);
    }
    return name;
  }

  static byte[] magic() {
    return MAGIC.clone();
  }

  static byte[] headSigned() {
    return HEAD_SIGNED.clone();
  }

  static byte[] sealSigned() {
    return SEAL_SIGNED.clone();
  }

  static MessageDigest hash() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
