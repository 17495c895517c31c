package dev.holdfast.client;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All settings of one connection: what the command line, the user's file and the system's file say,
 * in OpenSSH's order of precedence (ssh_config(5)), with tokens replaced where ssh replaces them
 * before it connects. Immutable.
 */
public final class ClientConfig {
  /** SSH's port (RFC 4253 4.1). */
  public static final int SSH_PORT = 22;

  private final ConfigQuery query;
  private final Surroundings here;
  private final Map<ClientOption<?>, Object> values;
  private final String hostname;
  private final Tokens tokens;
  private final List<String> notes;

  ClientConfig(
      ConfigQuery query,
      Surroundings here,
      Map<ClientOption<?>, Object> values,
      String hostname,
      Tokens tokens,
      List<String> notes) {
    this.query = query;
    this.here = here;
    this.values = Map.copyOf(values);
    this.hostname = hostname;
    this.tokens = tokens;
    this.notes = notes;
  }

  /** Reads what there is to be read for {@code query}. */
  public static ClientConfig read(ConfigQuery query, Surroundings here) throws ConfigFailure {
    return new ConfigReader(query, here).read();
  }

  /** The host as it was typed. */
  public String host() {
    return query.host();
  }

  /** The file that was read in place of the usual ones. */
  Optional<String> file() {
    return query.file();
  }

  /** What is to run at the server; empty for a shell. */
  String command() {
    return query.command().isEmpty()
        ? find(ClientOptions.REMOTE_COMMAND).orElse("")
        : query.command();
  }

  /** The name or address to connect to. */
  public String hostname() {
    return hostname;
  }

  /** The name at the server. */
  public String user() {
    return get(ClientOptions.USER);
  }

  public int port() {
    return get(ClientOptions.PORT);
  }

  /** The name under which the host's keys are known. */
  public String hostKeyName() {
    return find(ClientOptions.HOST_KEY_ALIAS).orElse(hostname);
  }

  /** The value of an option that has one in any case. */
  public <T> T get(ClientOption<T> option) {
    T value = orDefault(option);
    if (value == null) {
      throw new NoSuchElementException(option + " has no value and no default");
    }
    return value;
  }

  /** The value of an option, if it has one. */
  public <T> Optional<T> find(ClientOption<T> option) {
    return Optional.ofNullable(orDefault(option));
  }

  /** Whether the value was given and is not the default. */
  public boolean isGiven(ClientOption<?> option) {
    return values.containsKey(option);
  }

  @SuppressWarnings("unchecked")
  private <T> @Nullable T orDefault(ClientOption<T> option) {
    T value = (T) values.get(option);
    return value == null ? option.byDefault() : value;
  }

  /** What tokens stand for, for values that are expanded when they are used. */
  public Tokens tokens() {
    return tokens;
  }

  /** The path with tokens, variables and {@code ~} replaced. */
  public Path path(String text) throws ConfigFailure {
    try {
      return Path.of(tokens.expandAll(here.expandHome(text)));
    } catch (BadValue e) {
      throw ConfigFailure.of(e);
    }
  }

  public Surroundings surroundings() {
    return here;
  }

  /** Sentences for the person about what was read and is not done. */
  public List<String> notes() {
    return notes;
  }

  /** The lines of {@code ssh -G}. */
  public List<String> listing() {
    return ConfigListing.of(this);
  }

  /** An address in its shortest form (RFC 5952), as other programs write it; names unchanged. */
  static String canonicalAddress(String host) {
    if (host.indexOf(':') < 0) {
      return host;
    }
    try {
      InetAddress address = InetAddress.ofLiteral(host);
      return address instanceof Inet6Address v6 ? shortest(v6) : host;
    } catch (IllegalArgumentException e) {
      return host;
    }
  }

  private static String shortest(Inet6Address address) {
    byte[] bytes = address.getAddress();
    int[] groups = new int[8];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int[] zeros = longestZeros(groups);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < groups.length; i++) {
      if (i == zeros[0]) {
        text.append("::");
        i += zeros[1] - 1;
      } else {
        boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
        text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
      }
    }
    String zone = address.getHostAddress();
    return zone.indexOf('%') < 0 ? text.toString() : text + zone.substring(zone.indexOf('%'));
  }

  /** Where the longest run of zeros begins, and its length; -1 if none is longer than one. */
  private static int[] longestZeros(int[] groups) {
    int[] longest = {-1, 1};
    for (int start = 0; start < groups.length; start++) {
      int end = start;
      while (end < groups.length && groups[end] == 0) {
        end++;
      }
      if (end - start > longest[1]) {
        longest = new int[] {start, end - start};
      }
    }
    return longest;
  }

  /** Everything that is read for one query. Confined to its caller. */
  private static final class ConfigReader {
    private final ConfigQuery query;
    private final Surroundings here;
    private final ConfigDraft draft = new ConfigDraft();

    ConfigReader(ConfigQuery query, Surroundings here) {
      this.query = query;
      this.here = here;
    }

    ClientConfig read() throws ConfigFailure {
      try {
        return readAll();
      } catch (BadValue e) {
        throw ConfigFailure.of(e);
      } catch (ConfigFailure e) {
        throw e;
      } catch (IOException e) {
        throw new ConfigFailure(String.valueOf(e.getMessage()), e);
      }
    }

    private ClientConfig readAll() throws BadValue, IOException {
      for (String line : query.options()) {
        ConfigLine.readOption(draft, here, line);
      }
      HostName.check(query.host());
      Optional<String> typedUser = draft.find(ClientOptions.USER);
      if (typedUser.isPresent()) {
        HostName.checkUser(typedUser.get());
      }
      ConfigPass first = files(query.host(), false);
      String host = HostName.of(first);
      if (first.wantsFinal() || isCanonicalized()) {
        draft.replace(ClientOptions.HOSTNAME, host);
        files(host, true);
        host = draft.find(ClientOptions.HOSTNAME).orElse(host);
      }
      return new ConfigFinish(query, here, draft, host, typedUser.isPresent()).config();
    }

    private boolean isCanonicalized() {
      return draft.find(ClientOptions.CANONICALIZE_HOSTNAME).orElse(ClientOptions.Canonicalize.NO)
          != ClientOptions.Canonicalize.NO;
    }

    private ConfigPass files(String host, boolean isFinal) throws ConfigFailure {
      ConfigPass pass = new ConfigPass(query, here, draft, host, isFinal);
      Optional<String> named = query.file();
      if (named.isPresent()) {
        if (!named.get().equalsIgnoreCase("none")) {
          new ConfigFile(pass, true).readNamed(Path.of(named.get()));
        }
      } else {
        new ConfigFile(pass, true).readIfThere(here.home().resolve(".ssh/config"), true);
        new ConfigFile(pass, false).readIfThere(here.systemConfig(), false);
      }
      return pass;
    }
  }
}
