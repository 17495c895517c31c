package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * What a confined process and its monitor say to each other: an object of JSON. A name that is not
 * there reads as nothing, so that either can be asked by whoever reads; what is malformed fails.
 */
public final class MonitorMessage {
  /** Bytes of one. */
  public static final int MOST_BYTES = 256 * 1024;

  private final Map<String, Json> members;

  private MonitorMessage(Map<String, Json> members) {
    this.members = members;
  }

  /** With nothing in it: done, or no. */
  public static MonitorMessage empty() {
    return new MonitorMessage(new LinkedHashMap<>());
  }

  /** One that says what it is. */
  public static MonitorMessage about(String what) {
    return empty().with("about", what);
  }

  /** The same with one thing more: text, a number, a boolean, or a list of texts. */
  public MonitorMessage with(String name, Object value) {
    Map<String, Json> more = new LinkedHashMap<>(members);
    more.put(name, Json.from(value));
    return new MonitorMessage(more);
  }

  MonitorMessage with(String name, byte[] bytes) {
    return with(name, Base64.getEncoder().encodeToString(bytes));
  }

  MonitorMessage with(String name, PublicKey key) {
    return with(name, SshKeys.wire(key).blob());
  }

  MonitorMessage withKeys(String name, List<PublicKey> keys) {
    return with(
        name,
        keys.stream()
            .map(key -> Base64.getEncoder().encodeToString(SshKeys.wire(key).blob()))
            .toList());
  }

  /** As it is sent. */
  public ByteBuffer bytes() {
    return ByteBuffer.wrap(new Json.Members(members).line().getBytes(UTF_8));
  }

  /** One that came. */
  public static MonitorMessage read(ByteBuffer bytes) throws IOException {
    if (bytes.remaining() > MOST_BYTES) {
      throw new IOException("A message between confined process and monitor is too long.");
    }
    if (Json.parse(UTF_8.decode(bytes).toString()) instanceof Json.Members(Map<String, Json> all)) {
      return new MonitorMessage(all);
    }
    throw new IOException("A message between confined process and monitor is no object.");
  }

  /** What it is. */
  public String about() {
    return text("about").orElse("");
  }

  public Optional<String> text(String name) {
    return members.get(name) instanceof Json.Text(String value)
        ? Optional.of(value)
        : Optional.empty();
  }

  public boolean flag(String name) {
    return members.get(name) instanceof Json.Bool(boolean value) && value;
  }

  /** A whole number; 0 if there is none. */
  public long number(String name) {
    return members.get(name) instanceof Json.Numeral value
            && value.plain().orElse(0L) instanceof Long number
        ? number
        : 0;
  }

  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    if (members.get(name) instanceof Json.Items(List<Json> items)) {
      for (Json item : items) {
        if (item instanceof Json.Text(String value)) {
          texts.add(value);
        }
      }
    }
    return texts;
  }

  Optional<byte[]> bytes(String name) throws IOException {
    Optional<String> text = text(name);
    return text.isPresent() ? Optional.of(decoded(text.get())) : Optional.empty();
  }

  private static byte[] decoded(String text) throws IOException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("A message between confined process and monitor is malformed.", e);
    }
  }

  PublicKey key(String name) throws IOException {
    return key(bytes(name).orElseThrow(() -> new IOException("A key is missing.")));
  }

  List<PublicKey> keys(String name) throws IOException {
    List<PublicKey> keys = new ArrayList<>();
    for (String each : texts(name)) {
      keys.add(key(decoded(each)));
    }
    return keys;
  }

  private static PublicKey key(byte[] blob) throws IOException {
    try {
      return new ByteArrayBuffer(blob).getRawPublicKey();
    } catch (Exception e) {
      throw new IOException("A key is malformed.", e);
    }
  }
}
