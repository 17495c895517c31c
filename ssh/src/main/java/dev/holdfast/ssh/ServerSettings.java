package dev.holdfast.ssh;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A server's settings: for each {@link ServerOption} a value, its default unless it was set.
 * Immutable.
 */
public final class ServerSettings {
  /** All options at their defaults. */
  public static final ServerSettings DEFAULTS = new ServerSettings(Map.of());

  /** Entries that are read at most. */
  static final int MOST_ENTRIES = 10_000;

  private final Map<ServerOption<?>, Object> values;

  private ServerSettings(Map<ServerOption<?>, Object> values) {
    this.values = Map.copyOf(values);
  }

  /**
   * One option as somebody wrote it.
   *
   * @param name in any case
   * @param file for messages, may be empty
   * @param line from 1, 0 if not known
   * @param column from 1, 0 if not known
   */
  public record Entry(String name, String value, String file, int line, int column) {
    /** An entry of which nobody knows the place. */
    public Entry(String name, String value) {
      this(name, value, "", 0, 0);
    }

    String place() {
      String where = "line " + line + ", column " + column;
      return file.isEmpty() ? where : file + ", " + where;
    }
  }

  /**
   * Reads entries. An option that is a list may be there several times; its values add up. Any
   * other may be there once.
   *
   * @throws SettingsException if an option is not known, is there twice, or has a wrong value
   */
  public static ServerSettings of(List<Entry> entries) throws SettingsException {
    if (entries.size() > MOST_ENTRIES) {
      throw new SettingsException("There are more than " + MOST_ENTRIES + " settings.");
    }
    Map<ServerOption<?>, List<Entry>> written = new LinkedHashMap<>();
    for (Entry entry : entries) {
      ServerOption<?> option = ServerOption.named(entry);
      List<Entry> before = written.computeIfAbsent(option, one -> new ArrayList<>());
      if (!before.isEmpty() && !option.isList()) {
        throw new SettingsException(entry, option.name() + " is set twice; keep one of them.");
      }
      before.add(entry);
    }
    Map<ServerOption<?>, Object> values = new HashMap<>();
    for (Map.Entry<ServerOption<?>, List<Entry>> one : written.entrySet()) {
      values.put(one.getKey(), one.getKey().read(one.getValue()));
    }
    ServerSettings settings = new ServerSettings(values);
    settings.checkTogether();
    return settings;
  }

  /** The value of an option. */
  public <T> T get(ServerOption<T> option) {
    return option.valueIn(values);
  }

  /** Whether a client may set the variable (AcceptEnv). */
  public boolean acceptsVariable(String name) {
    return NamePattern.ask(get(ServerOption.ACCEPT_ENV), name) == NamePattern.Verdict.YES;
  }

  /** Whether somebody set it, though perhaps to its default. */
  public boolean isSet(ServerOption<?> option) {
    return values.containsKey(option);
  }

  /**
   * Every option with its value, as somebody would write it: of options that are lists each word
   * alone. Options that stand for nothing unless they are set are only there if they are.
   */
  public Map<String, List<String>> written() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (ServerOption<?> option : ServerOption.all()) {
      Object value = option.valueIn(values);
      if (!value.equals(option.standard()) || !value.equals(List.of())) {
        all.put(option.name(), OptionText.words(option, value));
      }
    }
    return all;
  }

  /** The same with one option set otherwise. */
  public <T> ServerSettings with(ServerOption<T> option, T value) {
    Map<ServerOption<?>, Object> changed = new HashMap<>(values);
    changed.put(option, value);
    return new ServerSettings(changed);
  }

  private void checkTogether() throws SettingsException {
    if (!get(ServerOption.USE_PAM) && get(ServerOption.PASSWORD_AUTHENTICATION)) {
      throw new SettingsException(
          "PasswordAuthentication needs PAM to check passwords: set UsePAM to yes as well.");
    }
    if (!get(ServerOption.USE_PAM) && get(ServerOption.KBD_INTERACTIVE_AUTHENTICATION)) {
      throw new SettingsException(
          "KbdInteractiveAuthentication needs PAM to ask: set UsePAM to yes as well.");
    }
    if (!get(ServerOption.AUTHORIZED_KEYS_COMMAND).isEmpty()
        && get(ServerOption.AUTHORIZED_KEYS_COMMAND_USER).isEmpty()) {
      throw new SettingsException(
          "AuthorizedKeysCommand is not run without AuthorizedKeysCommandUser: set it as well.");
    }
  }
}
