package dev.holdfast.client;

import dev.holdfast.ssh.Agent;
import dev.holdfast.ssh.KeyFile;
import dev.holdfast.ssh.LoginKeys;
import dev.holdfast.ssh.PassphraseAsker;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The keys with which a user may log in, in the order in which ssh offers them (sshconnect2.c,
 * {@code pubkey_prepare}): those of the agent that the configuration names, others of the agent,
 * then those in files. A file's private half is read, and its passphrase asked for, once and only
 * when the server has taken the public one, where that is known without. Thread-safe.
 */
public final class Identities implements LoginKeys, AutoCloseable {
  private static final String AGENT_VARIABLE = "SSH_AUTH_SOCK";

  private final PassphraseAsker asker;
  private final Consumer<String> person;
  private final int tries;
  private final @Nullable Agent agent;
  private final UnlockedKeys unlocked;
  private final Map<KeyBytes, Identity> all = new LinkedHashMap<>();

  private Identities(
      ClientConfig config,
      PassphraseAsker asker,
      Consumer<String> person,
      @Nullable Agent agent,
      UnlockedKeys unlocked) {
    boolean isBatch = config.get(ClientOptions.BATCH_MODE);
    this.asker = isBatch ? _ -> null : asker;
    this.person = person;
    this.tries = config.get(ClientOptions.NUMBER_OF_PASSWORD_PROMPTS);
    this.agent = agent;
    this.unlocked = unlocked;
  }

  /**
   * Those that a configuration names.
   *
   * @param person is told why a key is not used
   */
  public static Identities of(ClientConfig config, PassphraseAsker asker, Consumer<String> person)
      throws ConfigFailure {
    return of(config, asker, person, new UnlockedKeys());
  }

  /** The same with keys that were read before. */
  static Identities of(
      ClientConfig config, PassphraseAsker asker, Consumer<String> person, UnlockedKeys unlocked)
      throws ConfigFailure {
    Identities identities = new Identities(config, asker, person, connect(config), unlocked);
    identities.collect(config);
    return identities;
  }

  /** Without an agent one goes on with the files, as ssh does. */
  private static @Nullable Agent connect(ClientConfig config) {
    Optional<Path> path = agentPath(config);
    try {
      return path.isPresent() ? Agent.connect(path.get()) : null;
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  /**
   * Where the agent is that a configuration names (ssh_config(5), IdentityAgent), if it names one.
   */
  static Optional<Path> agentPath(ClientConfig config) {
    Map<String, String> environment = config.surroundings().environment();
    String agent = config.find(ClientOptions.IDENTITY_AGENT).orElse(AGENT_VARIABLE);
    String path =
        switch (agent) {
          case "none" -> "";
          case AGENT_VARIABLE -> environment.getOrDefault(AGENT_VARIABLE, "");
          case String name when name.startsWith("$") ->
              environment.getOrDefault(name.substring(1), "");
          default -> agent;
        };
    return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
  }

  /** A key and what signs with it. */
  sealed interface Identity {
    PublicKey key();

    /** The agent has the private half. */
    record InAgent(PublicKey key) implements Identity {}

    /** A file has it. */
    record InFile(PublicKey key, KeyFile file) implements Identity {}

    /** A certificate; what signs for it is the key that it certifies. */
    record Certified(PublicKey key, Identity signer) implements Identity {}

    /** It was read. */
    record Open(KeyPair pair) implements Identity {
      @Override
      public PublicKey key() {
        return pair.getPublic();
      }
    }
  }

  private void collect(ClientConfig config) throws ConfigFailure {
    Map<KeyBytes, Identity> inFiles = inFiles(config);
    List<PublicKey> held = heldByAgent();
    Map<KeyBytes, Identity> signers = new LinkedHashMap<>(inFiles);
    held.forEach(key -> signers.put(KeyBytes.of(key), new Identity.InAgent(key)));
    certificates(config).forEach(certificate -> putCertificate(certificate, signers));
    for (PublicKey key : held) {
      if (inFiles.remove(KeyBytes.of(key)) != null) {
        put(new Identity.InAgent(key));
      }
    }
    if (!config.get(ClientOptions.IDENTITIES_ONLY)) {
      held.forEach(key -> put(new Identity.InAgent(key)));
    }
    inFiles.values().forEach(this::put);
  }

  /**
   * Those of CertificateFile; else those beside the files of keys. They come first, since a server
   * that wants one may not take more keys before it.
   */
  private List<PublicKey> certificates(ClientConfig config) throws ConfigFailure {
    List<PublicKey> found = new ArrayList<>();
    for (String text : config.get(ClientOptions.CERTIFICATE_FILE)) {
      KeyFile.publicKey(config.path(text)).ifPresent(found::add);
    }
    if (config.get(ClientOptions.CERTIFICATE_FILE).isEmpty()) {
      for (String text : config.get(ClientOptions.IDENTITY_FILE)) {
        new KeyFile(config.path(text)).certificate().ifPresent(found::add);
      }
    }
    return found;
  }

  /** Without its key a certificate proves nothing. */
  private void putCertificate(PublicKey certificate, Map<KeyBytes, Identity> signers) {
    SshKeys.certified(certificate)
        .map(key -> signers.get(KeyBytes.of(key)))
        .ifPresent(signer -> put(new Identity.Certified(certificate, signer)));
  }

  private void put(Identity identity) {
    all.putIfAbsent(KeyBytes.of(identity.key()), identity);
  }

  private Map<KeyBytes, Identity> inFiles(ClientConfig config) throws ConfigFailure {
    Map<KeyBytes, Identity> found = new LinkedHashMap<>();
    for (String text : config.get(ClientOptions.IDENTITY_FILE)) {
      Path path = config.path(text);
      KeyFile file = new KeyFile(path);
      Optional<Identity> identity =
          file.publicHalf()
              .<Identity>map(key -> new Identity.InFile(key, file))
              .or(() -> open(file, config.isGiven(ClientOptions.IDENTITY_FILE) ? path : null));
      identity.ifPresent(one -> found.putIfAbsent(KeyBytes.of(one.key()), one));
    }
    return found;
  }

  /**
   * Reads the private half.
   *
   * @param named the file, if its absence is to be told
   */
  private Optional<Identity> open(KeyFile file, @Nullable Path named) {
    Optional<KeyPair> known = unlocked.find(file.path());
    if (known.isPresent()) {
      return Optional.of(new Identity.Open(known.get()));
    }
    return switch (file.read(asker, tries)) {
      case KeyFile.Read.Key key -> {
        unlocked.keep(file.path(), key.pair());
        yield Optional.of(new Identity.Open(key.pair()));
      }
      case KeyFile.Read.Unusable unusable -> {
        person.accept(unusable.why());
        yield Optional.empty();
      }
      case KeyFile.Read.Missing _ -> {
        if (named != null) {
          person.accept("no such identity: " + named + ": No such file or directory");
        }
        yield Optional.empty();
      }
      case KeyFile.Read.Locked _ -> Optional.empty();
    };
  }

  private List<PublicKey> heldByAgent() {
    List<PublicKey> keys = new ArrayList<>();
    if (agent != null) {
      try {
        keys.addAll(agent.keys());
      } catch (IOException | RuntimeException e) {
        person.accept("The agent does not list its keys; only those in files are used.");
      }
    }
    return keys;
  }

  /** The public keys, first to be offered first. */
  @Override
  public synchronized List<PublicKey> keys() {
    return all.values().stream().map(Identity::key).toList();
  }

  /** The pair of a key in a file, which is read now if it was not; nothing if that fails. */
  @Override
  public synchronized Optional<KeyPair> pair(PublicKey key) {
    Identity identity = all.get(KeyBytes.of(key));
    if (identity instanceof Identity.Certified certified) {
      return pairOf(certified.signer()).map(pair -> new KeyPair(key, pair.getPrivate()));
    }
    return identity == null ? Optional.empty() : pairOf(identity);
  }

  private Optional<KeyPair> pairOf(Identity identity) {
    if (identity instanceof Identity.Open open) {
      return Optional.of(open.pair());
    }
    if (!(identity instanceof Identity.InFile file)) {
      return Optional.empty();
    }
    KeyBytes bytes = KeyBytes.of(file.key());
    Optional<Identity> opened = open(file.file(), null);
    if (opened.isPresent() && opened.get() instanceof Identity.Open open) {
      if (KeyBytes.of(open.key()).equals(bytes)) {
        all.replace(bytes, open);
        return Optional.of(open.pair());
      }
    }
    return Optional.empty();
  }

  /** The agent, if it has that key, or the one that it certifies. */
  @Override
  public synchronized Optional<Agent> agentOf(PublicKey key) {
    return agent != null && signer(key) instanceof Identity.InAgent
        ? Optional.of(agent)
        : Optional.empty();
  }

  @Override
  public synchronized PublicKey heldAs(PublicKey key) {
    Identity signer = signer(key);
    return signer == null ? key : signer.key();
  }

  private @Nullable Identity signer(PublicKey key) {
    Identity identity = all.get(KeyBytes.of(key));
    return identity instanceof Identity.Certified certified ? certified.signer() : identity;
  }

  /** Lets the agent go. */
  @Override
  public void close() {
    if (agent != null) {
      try {
        agent.close();
      } catch (IOException e) {
        // Nothing more is asked of it.
      }
    }
  }
}
