package dev.holdfast.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Values while a configuration is read: the first one of an option wins. Confined to its reader.
 */
final class ConfigDraft {
  /** Sentences that are kept for the person. */
  static final int MOST_NOTES = 32;

  private static final String NONE = "none";

  private final Map<ClientOption<?>, Object> values = new HashMap<>();
  private final List<String> notes = new ArrayList<>();

  /** The value so far, or null; defaults don't count. */
  @SuppressWarnings("unchecked")
  <T> @Nullable T get(ClientOption<T> option) {
    return (T) values.get(option);
  }

  <T> Optional<T> find(ClientOption<T> option) {
    return Optional.ofNullable(get(option));
  }

  /** Whatever was said before. */
  <T> void replace(ClientOption<T> option, T value) {
    values.put(option, value);
  }

  void remove(ClientOption<?> option) {
    values.remove(option);
  }

  /** Reads a value and, if {@code active}, keeps it. */
  <T> void read(ClientOption<T> option, ConfigWords words, boolean active) throws BadValue {
    T value = option.syntax().reader().read(words);
    // "none" for a time is no value in OpenSSH: a later line may still give one.
    if (active && isOpen(option) && !ClientOptions.FOREVER.equals(value)) {
      checkBound(option, value);
      values.put(option, option.joined(get(option), value));
      closeTheOtherWay(option, value);
    }
  }

  /** Of ProxyCommand and ProxyJump, the first one counts (ssh_config(5)). */
  private boolean isOpen(ClientOption<?> option) {
    return !option.equals(ClientOptions.PROXY_JUMP) || get(ClientOptions.PROXY_COMMAND) == null;
  }

  private void closeTheOtherWay(ClientOption<?> option, Object value) {
    if (option.equals(ClientOptions.PROXY_JUMP) && !List.of().equals(value)) {
      values.putIfAbsent(ClientOptions.PROXY_COMMAND, NONE);
    }
  }

  private void checkBound(ClientOption<?> option, Object value) throws BadValue {
    if (!(values.get(option) instanceof List<?> before) || !(value instanceof List<?>)) {
      return;
    }
    boolean isIdentity =
        option.equals(ClientOptions.IDENTITY_FILE) || option.equals(ClientOptions.CERTIFICATE_FILE);
    int most = isIdentity ? ClientOptions.MOST_IDENTITIES : ClientOptions.MOST_ELEMENTS;
    if (before.size() >= most) {
      throw new BadValue("more than " + most + " values of " + option);
    }
  }

  void note(String sentence) {
    if (notes.size() < MOST_NOTES && !notes.contains(sentence)) {
      notes.add(sentence);
    }
  }

  List<String> notes() {
    return List.copyOf(notes);
  }

  Map<ClientOption<?>, Object> values() {
    return Map.copyOf(values);
  }

  /** The value, or null if it is "none" or there is none. */
  static @Nullable String orNone(@Nullable String value) {
    return value == null || value.equalsIgnoreCase(NONE) ? null : value;
  }
}
