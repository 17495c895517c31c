package dev.holdfast.forward;

import dev.holdfast.client.ClientConfig;
import dev.holdfast.client.ConfigQuery;
import dev.holdfast.client.Logins;
import dev.holdfast.link.ClientEvent;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Makes sessions with a server that ssh's arguments name. */
final class SshSessionSource implements SessionSource {
  private final Logins logins;
  private final Setting setting;
  private final ConfigQuery query;
  private final String name;

  /**
   * For that query.
   *
   * @param name of the server, for the person
   */
  SshSessionSource(Logins logins, Setting setting, ConfigQuery query, String name) {
    this.logins = logins;
    this.setting = setting;
    this.query = query;
    this.name = name;
  }

  /** Reads configurations for this process; an edge. */
  interface Setting {
    ClientConfig read(ConfigQuery query) throws IOException;
  }

  /** The configuration is read anew for each session: it may have been mended. */
  @Override
  public Session make() throws FarFailure {
    Asked asked = new Asked();
    try {
      return new SshSession(logins.reach(setting.read(query), asked));
    } catch (IOException e) {
      throw new FarFailure(Troubles.of(e, name, asked.last()));
    }
  }

  /**
   * The login's name: {@code user@host}, with the port if it is not the usual one, nor the alias's.
   */
  static String name(ClientConfig config) {
    String name = config.user() + "@" + config.host();
    boolean isAlias = !config.host().equals(config.hostname());
    return isAlias || config.port() == ClientConfig.SSH_PORT ? name : name + ":" + config.port();
  }

  /** Notes what nobody answered. */
  static final class Asked implements Logins.Hearer {
    private final AtomicReference<@Nullable String> last = new AtomicReference<>();

    Optional<String> last() {
      return Optional.ofNullable(last.get());
    }

    @Override
    public void told(String text) {}

    @Override
    public void asked(String prompt) {
      last.set(prompt);
    }

    @Override
    public void link(ClientEvent event) {}
  }
}
