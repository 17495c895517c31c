package dev.holdfast.ssh;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server adds to a session that a client asked for.
 *
 * @param environment of the key's options, as far as the settings permit it
 * @param original what the client asked for, if another command was forced
 * @param agentSocket the path of the socket that leads to the client's agent, if there is one
 * @param display the display that leads to the client's, if there is one
 */
public record Granted(
    Map<String, String> environment,
    @Nullable SessionRequest original,
    @Nullable String agentSocket,
    @Nullable Display display) {
  /** Nothing. */
  public static final Granted NOTHING = new Granted(Map.of(), null, null, null);

  /**
   * A display.
   *
   * @param name the value of DISPLAY
   * @param entry what xauth calls it
   * @param protocol of the authentication; letters, digits and {@code . : / - _} only
   * @param cookie a secret, written with the same characters
   * @param xauth the path of the program that takes note of the cookie
   */
  public record Display(String name, String entry, String protocol, String cookie, String xauth) {
    @Override
    public String toString() {
      return "Display[name=" + name + ", protocol=" + protocol + "]";
    }
  }

  public Granted {
    environment = Map.copyOf(environment);
  }

  /** All of it as variables, beside those of the client, over which they win. */
  Map<String, String> over(Map<String, String> client) {
    Map<String, String> all = new LinkedHashMap<>(client);
    all.putAll(environment);
    put(all, "DISPLAY", display == null ? null : display.name());
    switch (original) {
      case SessionRequest.Exec(String command) -> all.put("SSH_ORIGINAL_COMMAND", command);
      case SessionRequest.Subsystem(String name) -> all.put("SSH_ORIGINAL_COMMAND", name);
      case SessionRequest.Shell shell -> {}
      case null -> {}
    }
    put(all, "SSH_AUTH_SOCK", agentSocket);
    return all;
  }

  private static void put(Map<String, String> all, String name, @Nullable String value) {
    if (value != null) {
      all.put(name, value);
    }
  }
}
