package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import dev.holdfast.access.MalformedJsonException;
import dev.holdfast.access.Recipient;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who can read an encrypted part, and by what (PROTOCOL.recording 5): for each recipient the part's
 * key, sealed to his. Immutable.
 *
 * @param label what whoever keeps the recording has to know of it without reading it
 */
record Envelope(List<Entry> entries, Json.Members label) {
  private static final int MOST_LABEL = 16 * 1024;
  private static final int ENTRY =
      Recipient.KEY + Hpke.ENCAPSULATED + PartCipher.KEY + PartCipher.TAG;

  /** Bytes of the longest. */
  static final int MOST = 1 + Recipient.MOST * ENTRY + 2 + MOST_LABEL;

  /** Members of a recording's start that are in its label. */
  private static final List<String> LABEL = List.of("time", "node", "user", "login", "connection");

  private static final byte[] ABOUT = "holdfast recording key v1\0".getBytes(US_ASCII);

  Envelope {
    entries = List.copyOf(entries);
    if (entries.isEmpty() || entries.size() > Recipient.MOST) {
      throw new IllegalArgumentException(entries.size() + " recipients");
    }
  }

  /** The part's key for one recipient. */
  record Entry(Recipient recipient, Hpke.Sealed key) {}

  /** One with {@code key} for all recipients. */
  static Envelope seal(
      List<Recipient> recipients, String recording, int index, byte[] key, Json.Members label) {
    List<Entry> entries = new ArrayList<>();
    for (Recipient one : recipients) {
      entries.add(new Entry(one, Hpke.seal(one, ABOUT, beside(recording, index), key)));
    }
    return new Envelope(entries, label);
  }

  /** What is in the label of a recording that starts so. */
  static Json.Members label(Json.Members about) {
    Map<String, Json> label = new LinkedHashMap<>();
    for (String name : LABEL) {
      Json value = about.values().get(name);
      if (value != null) {
        label.put(name, value);
      }
    }
    return new Json.Members(label);
  }

  /** A key that was sealed for one part is none of another's. */
  private static byte[] beside(String recording, int index) {
    return ByteBuffer.allocate(RecordingFormat.NAME + Integer.BYTES)
        .put(HexFormat.of().parseHex(recording))
        .putInt(index)
        .array();
  }

  List<Recipient> recipients() {
    return entries.stream().map(Entry::recipient).toList();
  }

  /** The part's key, if one of these can open it. */
  Optional<byte[]> open(List<ReadingKey> keys, String recording, int index)
      throws MalformedPartException {
    for (ReadingKey key : keys) {
      for (Entry entry : entries) {
        if (entry.recipient.equals(key.recipient())) {
          Optional<byte[]> opened = Hpke.open(key, ABOUT, beside(recording, index), entry.key);
          return Optional.of(
              opened
                  .filter(it -> it.length == PartCipher.KEY)
                  .orElseThrow(
                      () -> new MalformedPartException("its key was sealed for something else")));
        }
      }
    }
    return Optional.empty();
  }

  byte[] encoded() {
    byte[] text = label.values().isEmpty() ? new byte[0] : label.line().getBytes(UTF_8);
    if (text.length > MOST_LABEL) {
      throw new IllegalArgumentException("a label of " + text.length + " bytes");
    }
    ByteBuffer out = ByteBuffer.allocate(1 + entries.size() * ENTRY + 2 + text.length);
    out.put((byte) entries.size());
    for (Entry entry : entries) {
      out.put(entry.recipient.key()).put(entry.key.encapsulated()).put(entry.key.message());
    }
    return out.putShort((short) text.length).put(text).array();
  }

  /** Reads one, and leaves {@code in} behind it. */
  static Envelope read(ByteBuffer in) throws MalformedPartException {
    int count = in.get();
    if (count < 1 || count > Recipient.MOST) {
      throw new MalformedPartException("it is encrypted to nobody, or to too many");
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(entry(in));
    }
    return new Envelope(entries, label(in));
  }

  private static Entry entry(ByteBuffer in) throws MalformedPartException {
    try {
      Recipient recipient = Recipient.of(take(in, Recipient.KEY));
      byte[] encapsulated = take(in, Hpke.ENCAPSULATED);
      return new Entry(
          recipient, new Hpke.Sealed(encapsulated, take(in, PartCipher.KEY + PartCipher.TAG)));
    } catch (InvalidKeyException e) {
      throw new MalformedPartException("a key that it is encrypted to is none");
    }
  }

  private static Json.Members label(ByteBuffer in) throws MalformedPartException {
    int length = in.getShort();
    if (length < 0 || length > MOST_LABEL) {
      throw new MalformedPartException("its label is too long");
    }
    byte[] text = take(in, length);
    try {
      if (length == 0) {
        return Json.members();
      }
      String read = UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
      if (Json.parse(read) instanceof Json.Members members) {
        return members;
      }
    } catch (CharacterCodingException | MalformedJsonException e) {
      throw new MalformedPartException("its label is not JSON");
    }
    throw new MalformedPartException("its label is no object of JSON");
  }

  private static byte[] take(ByteBuffer in, int count) {
    if (count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] taken = new byte[count];
    in.get(taken);
    return taken;
  }
}
