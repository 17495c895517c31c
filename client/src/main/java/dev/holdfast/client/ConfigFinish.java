package dev.holdfast.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The last step to a {@link ClientConfig}: "none" and defaults, then the tokens that ssh replaces
 * before it connects (ssh.c, {@code main}). Confined to its caller.
 */
final class ConfigFinish {
  private static final Set<ClientOption<String>> NOTHING_IF_NONE =
      Set.of(
          ClientOptions.LOCAL_COMMAND,
          ClientOptions.REMOTE_COMMAND,
          ClientOptions.PROXY_COMMAND,
          ClientOptions.CONTROL_PATH,
          ClientOptions.PKCS11_PROVIDER,
          ClientOptions.SECURITY_KEY_PROVIDER,
          ClientOptions.KNOWN_HOSTS_COMMAND);
  private static final Set<ClientOption<List<String>>> EMPTY_IF_NONE =
      Set.of(
          ClientOptions.CHANNEL_TIMEOUT,
          ClientOptions.REVOKED_HOST_KEYS,
          ClientOptions.GLOBAL_KNOWN_HOSTS_FILE);

  private static final String USUAL_KNOWN_HOSTS = "~/.ssh/known_hosts";

  private final ConfigQuery query;
  private final Surroundings here;
  private final ConfigDraft draft;
  private final String host;
  private final boolean isUserTyped;

  ConfigFinish(
      ConfigQuery query, Surroundings here, ConfigDraft draft, String host, boolean isUserTyped) {
    this.query = query;
    this.here = here;
    this.draft = draft;
    this.host = host;
    this.isUserTyped = isUserTyped;
  }

  ClientConfig config() throws BadValue {
    NOTHING_IF_NONE.forEach(option -> {
      if (ConfigDraft.orNone(draft.get(option)) == null) {
        draft.remove(option);
      }
    });
    EMPTY_IF_NONE.forEach(this::emptyIfNone);
    if (draft.find(ClientOptions.CLEAR_ALL_FORWARDINGS).orElse(false)) {
      draft.remove(ClientOptions.LOCAL_FORWARD);
      draft.remove(ClientOptions.REMOTE_FORWARD);
      draft.remove(ClientOptions.DYNAMIC_FORWARD);
    }
    fillDefaults();
    noteWhatIsNotDone();
    Tokens tokens = tokens();
    expand(tokens);
    return new ClientConfig(query, here, draft.values(), host, tokens, draft.notes());
  }

  private void emptyIfNone(ClientOption<List<String>> option) {
    List<String> list = draft.get(option);
    if (list != null && list.size() == 1 && list.getFirst().equalsIgnoreCase("none")) {
      draft.replace(option, List.of());
    }
  }

  /** What is left undone is never less safe than what was asked for; it is told all the same. */
  private void noteWhatIsNotDone() {
    if (draft.find(ClientOptions.CHECK_HOST_IP).orElse(false)) {
      draft.note("CheckHostIP is not supported: hosts are known by their names alone.");
    }
    if (draft.find(ClientOptions.VERIFY_HOST_KEY_DNS).orElse(ClientOptions.YesNoAsk.NO)
        != ClientOptions.YesNoAsk.NO) {
      draft.note("VerifyHostKeyDNS is not supported: no host key is looked for in the DNS.");
    }
    if (draft.get(ClientOptions.PKCS11_PROVIDER) != null) {
      draft.note("PKCS11Provider is not supported: add the card's keys to an agent.");
    }
    if (draft.find(ClientOptions.COMPRESSION).orElse(false)) {
      draft.note("Compression is not supported: the connection is not compressed.");
    }
  }

  private void fillDefaults() {
    if (draft.get(ClientOptions.PORT) == null) {
      draft.replace(ClientOptions.PORT, ClientConfig.SSH_PORT);
    }
    if (draft.get(ClientOptions.UPDATE_HOST_KEYS) == null) {
      draft.replace(ClientOptions.UPDATE_HOST_KEYS, updatesHostKeys());
    }
    if (draft.get(ClientOptions.USER_KNOWN_HOSTS_FILE) == null) {
      draft.replace(
          ClientOptions.USER_KNOWN_HOSTS_FILE,
          Optional.ofNullable(ClientOptions.USER_KNOWN_HOSTS_FILE.byDefault()).orElse(List.of()));
    }
    emptyIfNone(ClientOptions.USER_KNOWN_HOSTS_FILE);
  }

  /** By default where nothing else was said of where host keys come from. */
  private ClientOptions.YesNoAsk updatesHostKeys() {
    List<String> files =
        draft.find(ClientOptions.USER_KNOWN_HOSTS_FILE).orElse(List.of(USUAL_KNOWN_HOSTS));
    boolean usual =
        files.equals(List.of(USUAL_KNOWN_HOSTS))
            && draft.find(ClientOptions.VERIFY_HOST_KEY_DNS).orElse(ClientOptions.YesNoAsk.NO)
                == ClientOptions.YesNoAsk.NO;
    return usual ? ClientOptions.YesNoAsk.YES : ClientOptions.YesNoAsk.NO;
  }

  private Tokens tokens() throws BadValue {
    draft
        .find(ClientOptions.HOST_KEY_ALIAS)
        .ifPresent(
            name -> draft.replace(ClientOptions.HOST_KEY_ALIAS, name.toLowerCase(Locale.ROOT)));
    String alias = draft.find(ClientOptions.HOST_KEY_ALIAS).orElse(query.host());
    int port = draft.find(ClientOptions.PORT).orElse(ClientConfig.SSH_PORT);
    String jump = ConfigPass.jump(draft);
    String user = draft.find(ClientOptions.USER).orElse(here.user());
    if (!isUserTyped && draft.get(ClientOptions.USER) != null) {
      Tokens some = Tokens.of(here, host, query.host(), alias, port, user, jump).without('C', 'r');
      String expanded = some.expand(user, true, true);
      if (!expanded.equals(user)) {
        HostName.checkUser(expanded);
      }
      user = expanded;
    }
    draft.replace(ClientOptions.USER, user);
    return Tokens.of(here, host, query.host(), alias, port, user, jump);
  }

  private void expand(Tokens tokens) throws BadValue {
    String command = draft.get(ClientOptions.REMOTE_COMMAND);
    if (command != null) {
      draft.replace(ClientOptions.REMOTE_COMMAND, tokens.expand(command, true, false));
    }
    for (ClientOption<String> option :
        List.of(ClientOptions.CONTROL_PATH, ClientOptions.IDENTITY_AGENT)) {
      String path = draft.get(option);
      if (path != null) {
        draft.replace(option, expandPath(tokens, path));
      }
    }
    for (ClientOption<List<String>> option :
        List.of(ClientOptions.REVOKED_HOST_KEYS, ClientOptions.USER_KNOWN_HOSTS_FILE)) {
      expandPaths(tokens, option);
    }
    expandEnvironment(tokens);
    expandForwards(tokens, ClientOptions.LOCAL_FORWARD);
    expandForwards(tokens, ClientOptions.REMOTE_FORWARD);
    ClientOptions.ForwardAgent agent = draft.get(ClientOptions.FORWARD_AGENT);
    if (agent != null && agent.socket().isPresent()) {
      String path = expandPath(tokens, agent.socket().get());
      draft.replace(
          ClientOptions.FORWARD_AGENT, new ClientOptions.ForwardAgent(true, Optional.of(path)));
    }
  }

  private String expandPath(Tokens tokens, String path) throws BadValue {
    return tokens.expand(here.expandHome(path), true, true);
  }

  private void expandPaths(Tokens tokens, ClientOption<List<String>> option) throws BadValue {
    List<String> paths = draft.get(option);
    if (paths != null) {
      List<String> expanded = new ArrayList<>();
      for (String path : paths) {
        expanded.add(expandPath(tokens, path));
      }
      draft.replace(option, List.copyOf(expanded));
    }
  }

  private void expandEnvironment(Tokens tokens) throws BadValue {
    List<String> variables = draft.get(ClientOptions.SET_ENV);
    if (variables != null) {
      List<String> expanded = new ArrayList<>();
      for (String variable : variables) {
        int equals = variable.indexOf('=') + 1;
        expanded.add(
            variable.substring(0, equals) + tokens.expand(variable.substring(equals), true, true));
      }
      draft.replace(ClientOptions.SET_ENV, List.copyOf(expanded));
    }
  }

  private void expandForwards(Tokens tokens, ClientOption<List<PortForward>> option)
      throws BadValue {
    List<PortForward> forwards = draft.get(option);
    if (forwards != null) {
      List<PortForward> expanded = new ArrayList<>();
      for (PortForward forward : forwards) {
        expanded.add(expanded(tokens, forward));
      }
      draft.replace(option, List.copyOf(expanded));
    }
  }

  private static PortForward expanded(Tokens tokens, PortForward forward) throws BadValue {
    PortForward.Listen listen = forward.listen();
    if (listen instanceof PortForward.Listen.Socket socket) {
      listen = new PortForward.Listen.Socket(tokens.expand(socket.path(), true, false));
    }
    Optional<PortForward.Place> to = forward.to();
    if (to.isPresent() && to.get() instanceof PortForward.Place.Socket socket) {
      to = Optional.of(new PortForward.Place.Socket(tokens.expand(socket.path(), true, false)));
    }
    return new PortForward(listen, to);
  }
}
