package dev.holdfast.client;

import java.util.List;
import java.util.Optional;

/**
 * One reading of all files: what is known of the connection while they are read, and what they have
 * said so far. There may be a second one, with the host's final name. Confined to its reader.
 */
final class ConfigPass {
  private static final int SSH_PORT = 22;

  private final ConfigQuery query;
  private final Surroundings here;
  private final ConfigDraft draft;
  private final String host;
  private final boolean isFinal;
  private boolean wantsFinal;

  /**
   * A pass.
   *
   * @param host that Host lines are compared with
   */
  ConfigPass(
      ConfigQuery query, Surroundings here, ConfigDraft draft, String host, boolean isFinal) {
    this.query = query;
    this.here = here;
    this.draft = draft;
    this.host = host;
    this.isFinal = isFinal;
  }

  Surroundings here() {
    return here;
  }

  ConfigDraft draft() {
    return draft;
  }

  boolean isFinal() {
    return isFinal;
  }

  /** Some line asks for a second pass. */
  void wantFinal(boolean wanted) {
    wantsFinal |= wanted;
  }

  boolean wantsFinal() {
    return wantsFinal;
  }

  String host() {
    return host;
  }

  String originalHost() {
    return query.host();
  }

  String command() {
    return query.command();
  }

  /** The host by the Hostname that is known so far. */
  String effectiveHost() throws BadValue {
    String name = draft.get(ClientOptions.HOSTNAME);
    if (name == null) {
      return host;
    }
    return isFinal ? name : Tokens.host(host).expand(name, true, false);
  }

  String user() {
    return Optional.ofNullable(draft.get(ClientOptions.USER)).orElse(here.user());
  }

  /** The tokens of Match exec and Include, from what is known so far. */
  Tokens tokens() throws BadValue {
    String name = effectiveHost();
    String alias = Optional.ofNullable(draft.get(ClientOptions.HOST_KEY_ALIAS)).orElse(name);
    int port = Optional.ofNullable(draft.get(ClientOptions.PORT)).orElse(SSH_PORT);
    return Tokens.of(here, name, query.host(), alias, port, user(), jump(draft));
  }

  /** The host of the last hop, for {@code %j}. */
  static String jump(ConfigDraft draft) {
    List<JumpHost> jumps = draft.find(ClientOptions.PROXY_JUMP).orElse(List.of());
    return jumps.isEmpty() ? "" : jumps.getLast().host();
  }
}
