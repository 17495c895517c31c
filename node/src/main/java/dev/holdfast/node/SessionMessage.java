package dev.holdfast.node;

import dev.holdfast.access.Recipient;
import dev.holdfast.ssh.ByteText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is said over a node's socket for named sessions, as in {@code PROTOCOL.named-session}. The
 * first byte of a body tells which; integers are big-endian, texts have their length (u16) before
 * them.
 */
sealed interface SessionMessage {
  /** Version of all but {@link Hello} and {@link Refused}, which stay as they are. */
  int VERSION = 1;

  /** Most bytes of a body. */
  int MOST_BODY = 0xffff;

  /** Most bytes of a text, but for the values of variables. */
  int MOST_TEXT = 1024;

  /** Most variables that a client passes on. */
  int MOST_VARIABLES = 32;

  /** Most bytes of a variable's value. */
  int MOST_VALUE = 4096;

  /** Most keys that a recording is encrypted to. */
  int MOST_RECIPIENTS = Recipient.MOST;

  // From clients.

  /** What the client speaks; the first message. */
  record Hello(int version) implements SessionMessage {}

  /** Which sessions are there? */
  record List() implements SessionMessage {}

  /** End a session; the user is the client's own if empty. */
  record Kill(String user, String name) implements SessionMessage {}

  /** Is there that session? */
  record Ask(String user, String name) implements SessionMessage {}

  /**
   * Attach me.
   *
   * @param mode a word, see {@link AttachMode}
   * @param create whether it is made if it is not there
   */
  record Attach(
      String user,
      String name,
      String mode,
      boolean create,
      int columns,
      int rows,
      String term,
      Map<String, String> environment)
      implements SessionMessage {}

  /** What was typed. */
  record Keys(byte[] bytes) implements SessionMessage {}

  /** The window has that size. */
  record Window(int columns, int rows) implements SessionMessage {}

  /** A signal, without SIG. */
  record Signal(String name) implements SessionMessage {}

  /** A break of so many milliseconds. */
  record Break(int millis) implements SessionMessage {}

  // From the node's other processes.

  /** Is there that live session, by the name that audit events have for it? */
  record Find(String session) implements SessionMessage {}

  /**
   * Attach somebody to a live session, as its guest.
   *
   * @param user who he is in the cluster
   * @param mode a word, see {@link AttachMode}
   */
  record Join(String session, String user, String mode, int columns, int rows)
      implements SessionMessage {}

  // From the node.

  /** It is none that this process serves, with a sentence for people; the end. */
  record Refused(String sentence) implements SessionMessage {}

  /** There is no such session in this process; the end. */
  record NotHere() implements SessionMessage {}

  /** That is done, or so it is, or that was all; the end. */
  record Done() implements SessionMessage {}

  /** One session of those that were asked for. */
  record Entry(
      String user, String name, int attached, long idleSeconds, int columns, int rows, String title)
      implements SessionMessage {}

  /** You are attached; output follows. */
  record Attached() implements SessionMessage {}

  /** What the program wrote. */
  record Output(byte[] bytes) implements SessionMessage {}

  /** So many bytes of keys no longer count against the client's window. */
  record Consumed(int bytes) implements SessionMessage {}

  /**
   * You are attached no more; the end.
   *
   * @param why one of the constants here
   * @param status of the program, if it ended
   * @param signal that killed it, without SIG
   */
  record Ended(int why, int status, String signal) implements SessionMessage {
    static final int STATUS = 0;
    static final int SIGNAL = 1;
    static final int DETACHED = 2;
  }

  /**
   * The live session that was asked for; the end.
   *
   * @param user who has it in the cluster
   * @param account that it runs as
   * @param facts a sum of the constants here; others are passed over
   * @param recipients of its recording
   */
  record Live(String user, String account, int facts, java.util.List<String> recipients)
      implements SessionMessage {
    static final int RECORDED = 1;
    static final int SHOWN_WHEN_DURABLE = 2;
    static final int ENDS_UNRECORDED = 4;
    static final int RECORDS_KEYS = 8;
    static final int HAS_PLACE = 16;
  }

  /** The bytes of a message, with the length of its body before it (u16). */
  default byte[] framed() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    put16(out, 0);
    switch (this) {
      case Hello it -> put(out, 1, it.version);
      case List it -> put(out, 2);
      case Kill it -> put(out, 3, it.user, it.name);
      case Ask it -> put(out, 4, it.user, it.name);
      case Attach it -> put(out, it);
      case Keys it -> put(out, 6, it.bytes);
      case Window it -> {
        put(out, 7);
        put16(out, it.columns);
        put16(out, it.rows);
      }
      case Signal it -> put(out, 8, it.name);
      case Break it -> {
        put(out, 9);
        put32(out, it.millis);
      }
      case Find it -> put(out, 10, it.session);
      case Join it -> {
        put(out, 11, it.session, it.user, it.mode);
        put16(out, it.columns);
        put16(out, it.rows);
      }
      case Refused it -> put(out, 64, it.sentence);
      case NotHere it -> put(out, 65);
      case Done it -> put(out, 66);
      case Entry it -> put(out, it);
      case Attached it -> put(out, 68);
      case Output it -> put(out, 69, it.bytes);
      case Consumed it -> {
        put(out, 70);
        put32(out, it.bytes);
      }
      case Ended it -> {
        put(out, 71, it.why);
        out.write(it.status);
        putText(out, it.signal);
      }
      case Live it -> {
        put(out, 72, it.user, it.account);
        out.write(it.facts);
        out.write(it.recipients.size());
        it.recipients.forEach(each -> putText(out, each));
      }
    }
    byte[] bytes = out.toByteArray();
    if (bytes.length - Short.BYTES > MOST_BODY) {
      throw new IllegalArgumentException("a message of " + bytes.length + " bytes");
    }
    ByteBuffer.wrap(bytes).putShort((short) (bytes.length - Short.BYTES));
    return bytes;
  }

  /**
   * Reads a body.
   *
   * @throws IOException it is none, or says something out of bounds
   */
  static SessionMessage read(ByteBuffer body) throws IOException {
    try {
      SessionMessage message = readKind(body);
      if (body.hasRemaining()) {
        throw new IOException("a message with " + body.remaining() + " bytes too many");
      }
      return message;
    } catch (BufferUnderflowException e) {
      throw new IOException("a message that ends early", e);
    }
  }

  private static SessionMessage readKind(ByteBuffer body) throws IOException {
    int kind = take8(body);
    return switch (kind) {
      case 1 -> new Hello(take8(body));
      case 2 -> new List();
      case 3 -> new Kill(text(body, MOST_TEXT), text(body, MOST_TEXT));
      case 4 -> new Ask(text(body, MOST_TEXT), text(body, MOST_TEXT));
      case 5 -> readAttach(body);
      case 6 -> new Keys(rest(body));
      case 7 -> new Window(take16(body), take16(body));
      case 8 -> new Signal(text(body, MOST_TEXT));
      case 9 -> new Break(positive(body));
      case 10 -> new Find(text(body, MOST_TEXT));
      case 11 ->
          new Join(
              text(body, MOST_TEXT),
              text(body, MOST_TEXT),
              text(body, MOST_TEXT),
              take16(body),
              take16(body));
      case 64 -> new Refused(text(body, MOST_TEXT));
      case 65 -> new NotHere();
      case 66 -> new Done();
      case 67 -> readEntry(body);
      case 68 -> new Attached();
      case 69 -> new Output(rest(body));
      case 70 -> new Consumed(positive(body));
      case 71 -> new Ended(take8(body), take8(body), text(body, MOST_TEXT));
      case 72 ->
          new Live(text(body, MOST_TEXT), text(body, MOST_TEXT), take8(body), recipients(body));
      default -> throw new IOException("a message of unknown kind " + kind);
    };
  }

  private static Attach readAttach(ByteBuffer body) throws IOException {
    String user = text(body, MOST_TEXT);
    String name = text(body, MOST_TEXT);
    String mode = text(body, MOST_TEXT);
    boolean create = take8(body) != 0;
    int columns = take16(body);
    int rows = take16(body);
    String term = text(body, MOST_TEXT);
    int count = take8(body);
    if (count > MOST_VARIABLES) {
      throw new IOException(count + " variables");
    }
    Map<String, String> environment = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      environment.put(text(body, MOST_TEXT), text(body, MOST_VALUE));
    }
    return new Attach(user, name, mode, create, columns, rows, term, environment);
  }

  private static java.util.List<String> recipients(ByteBuffer body) throws IOException {
    int count = take8(body);
    if (count > MOST_RECIPIENTS) {
      throw new IOException(count + " recipients");
    }
    java.util.List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(text(body, MOST_TEXT));
    }
    return all;
  }

  private static Entry readEntry(ByteBuffer body) throws IOException {
    return new Entry(
        text(body, MOST_TEXT),
        text(body, MOST_TEXT),
        take16(body),
        positive(body),
        take16(body),
        take16(body),
        text(body, MOST_TEXT));
  }

  private static void put(ByteArrayOutputStream out, int kind) {
    out.write(kind);
  }

  private static void put(ByteArrayOutputStream out, int kind, int number) {
    out.write(kind);
    out.write(number);
  }

  private static void put(ByteArrayOutputStream out, int kind, byte[] bytes) {
    out.write(kind);
    out.writeBytes(bytes);
  }

  private static void put(ByteArrayOutputStream out, int kind, String... texts) {
    out.write(kind);
    for (String text : texts) {
      putText(out, text);
    }
  }

  private static void put(ByteArrayOutputStream out, Attach it) {
    put(out, 5, it.user, it.name, it.mode);
    out.write(it.create ? 1 : 0);
    put16(out, it.columns);
    put16(out, it.rows);
    putText(out, it.term);
    out.write(it.environment.size());
    it.environment.forEach((name, value) -> {
      putText(out, name);
      putText(out, value);
    });
  }

  private static void put(ByteArrayOutputStream out, Entry it) {
    put(out, 67, it.user, it.name);
    put16(out, it.attached);
    put32(out, (int) Math.min(it.idleSeconds, Integer.MAX_VALUE));
    put16(out, it.columns);
    put16(out, it.rows);
    putText(out, it.title);
  }

  private static void put16(ByteArrayOutputStream out, int number) {
    out.write(number >> 8);
    out.write(number);
  }

  private static void put32(ByteArrayOutputStream out, int number) {
    put16(out, number >> 16);
    put16(out, number);
  }

  private static void putText(ByteArrayOutputStream out, String text) {
    byte[] bytes = ByteText.encode(text);
    put16(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static int take8(ByteBuffer body) {
    return body.get() & 0xff;
  }

  private static int take16(ByteBuffer body) {
    return body.getShort() & 0xffff;
  }

  private static int positive(ByteBuffer body) throws IOException {
    int number = body.getInt();
    if (number < 0) {
      throw new IOException("a number out of bounds");
    }
    return number;
  }

  private static String text(ByteBuffer body, int most) throws IOException {
    int length = take16(body);
    if (length > most) {
      throw new IOException("a text of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    body.get(bytes);
    for (byte each : bytes) {
      if (each == 0) {
        throw new IOException("a zero in a text");
      }
    }
    return ByteText.decode(bytes);
  }

  private static byte[] rest(ByteBuffer body) {
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    return bytes;
  }

  /** A text that fits, cut if need be; for what others have chosen. */
  static String cut(String text) {
    String cut = text;
    while (cut.getBytes(StandardCharsets.UTF_8).length > MOST_TEXT) {
      cut = cut.substring(0, cut.length() - 1 - (cut.length() >> 3));
    }
    return cut;
  }
}
