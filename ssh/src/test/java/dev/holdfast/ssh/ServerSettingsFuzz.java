package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/** Fuzz target: settings, a line each, a name and a value. */
public final class ServerSettingsFuzz {
  private ServerSettingsFuzz() {}

  /** Fails if anything but a settings' error with a sentence is told of. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    List<ServerSettings.Entry> entries = new ArrayList<>();
    for (String line : new String(bytes, UTF_8).split("\n", 20)) {
      int blank = Math.max(line.indexOf(' '), 0);
      entries.add(
          new ServerSettings.Entry(
              line.substring(0, blank), line.substring(blank).strip(), "f", 1, 1));
    }
    try {
      ServerSettings settings = ServerSettings.of(entries);
      ServerOption.all().forEach(settings::get);
    } catch (SettingsException e) {
      if (String.valueOf(e.getMessage()).isEmpty()) {
        throw new AssertionError("an error without a sentence", e);
      }
    }
  }
}
