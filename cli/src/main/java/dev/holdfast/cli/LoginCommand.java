package dev.holdfast.cli;

import dev.holdfast.access.Authority;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Labels;
import dev.holdfast.access.Names;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiFailure;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.CertificateOrder;
import dev.holdfast.auth.ApiRecords.Code;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.Issued;
import dev.holdfast.auth.ApiRecords.JoinOrder;
import dev.holdfast.auth.ApiRecords.Joined;
import dev.holdfast.auth.ApiRecords.NewFactor;
import dev.holdfast.auth.ApiRecords.None;
import dev.holdfast.auth.ApiRecords.Self;
import dev.holdfast.auth.JoinSecret;
import dev.holdfast.client.SubsystemCall;
import dev.holdfast.link.WholeFile;
import dev.holdfast.ssh.Agent;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.MalformedKeyException;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast login}: a certificate for some hours, by a key that the cluster knows. */
@Command(
    name = "login",
    description = {
      "Log in to a cluster: get a certificate for some hours, for ssh and for holdfast.",
      "",
      "You are known by your SSH key, from the agent or a file as with ssh, and by a one-time code"
          + " if you have set one up. The certificate goes to ~/.config/holdfast and to the agent."
    },
    mixinStandardHelpOptions = true)
final class LoginCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-u", "--user"},
      paramLabel = "NAME",
      description =
          "Your name in the cluster. Default: the one of before, or that of your account.")
  private @Nullable String user;

  @Option(
      names = {"-i", "--identity"},
      paramLabel = "FILE",
      description = "Your private key. Default: as with ssh.")
  private @Nullable Path identity;

  @Option(
      names = "--join",
      paramLabel = "TOKEN",
      description = "The token of an invitation: it registers your key, and you are a user.")
  private @Nullable String join;

  @Option(
      names = "--pin",
      paramLabel = "SHA256:...",
      description = "The fingerprint of the cluster's authority for hosts, instead of a question.")
  private @Nullable String pin;

  @Option(
      names = "--time",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description = "How long the certificate is to be valid, such as 1h; your roles may say less.")
  private @Nullable Duration time;

  @Option(
      names = "--pin-source",
      description = "Have the certificate count only from the address that you come from now.")
  private boolean pinSource;

  @Option(names = "--no-agent", description = "Leave the agent alone.")
  private boolean noAgent;

  @Parameters(
      arity = "0..1",
      paramLabel = "HOST[:PORT]",
      converter = AuthAddress.Converter.class,
      description = "The cluster's auth service. Default: the one of before.")
  private @Nullable AuthAddress address;

  private final Profiles profiles = Profiles.ofUser();

  @Override
  public Integer call() throws IOException {
    Optional<Profile> before = before();
    AuthAddress to =
        address == null
            ? before
                .map(it -> new AuthAddress(it.auth()))
                .orElseThrow(
                    () -> new IOException("Name the cluster's auth service: holdfast login HOST."))
            : address;
    String name = user == null ? before.map(Profile::user).orElse(account()) : user;
    Predicate<String> believes = believes(to, before);
    if (join != null) {
      name = join(to, believes);
    }
    try (ApiClient api =
        ApiAccess.call(to, name, options(), believes, List.of(), ApiAccess::ignore)) {
      logIn(api, to);
    }
    return 0;
  }

  private Optional<Profile> before() throws IOException {
    if (address == null) {
      return Optional.of(profiles.find(null));
    }
    String wanted = address.toString();
    return profiles.all().stream().filter(one -> one.auth().equals(wanted)).findFirst();
  }

  private static String account() {
    return System.getProperty("user.name");
  }

  private List<String> options() {
    return identity == null
        ? List.of()
        : List.of("IdentityFile " + identity.toAbsolutePath(), "IdentitiesOnly yes");
  }

  // ---- whom to believe ----

  private Predicate<String> believes(AuthAddress to, Optional<Profile> before) {
    if (join != null) {
      String expected = JoinSecret.parse(join).fingerprint();
      return expected::equals;
    }
    if (pin != null) {
      return pin::equals;
    }
    return before
        .<Predicate<String>>map(it -> fingerprint -> ApiAccess.isKnown(it, fingerprint))
        .orElseGet(() -> new Question(to));
  }

  /** Asks the person, once. */
  private static final class Question implements Predicate<String> {
    private final AuthAddress to;
    private @Nullable String accepted;

    Question(AuthAddress to) {
      this.to = to;
    }

    @Override
    public boolean test(String fingerprint) {
      if (accepted != null) {
        return accepted.equals(fingerprint);
      }
      PrintStream err = SshCommand.ofProcess().err();
      err.printf("The authenticity of the cluster at %s can't be established.%n", to);
      err.printf("The fingerprint of its authority is %s.%n", fingerprint);
      boolean yes = isYes(err);
      accepted = yes ? fingerprint : "";
      return yes;
    }

    private static boolean isYes(PrintStream err) {
      try {
        return "yes".equals(SubsystemCall.ask("Do you want to believe it (yes/no)? ", true, err));
      } catch (IOException e) {
        return false;
      }
    }
  }

  // ---- steps ----

  private String join(AuthAddress to, Predicate<String> believes) throws IOException {
    if (JoinSecret.parse(String.valueOf(join)).purpose() != JoinToken.Purpose.USER) {
      throw new InvalidRecordException("This join token is for a machine, not for a person.");
    }
    try (ApiClient api =
        ApiAccess.call(to, Names.NEWCOMER, options(), believes, List.of(), ApiAccess::ignore)) {
      JoinOrder order =
          new JoinOrder(
              String.valueOf(join), Optional.empty(), Labels.NONE, List.of(), Optional.empty());
      Joined joined = api.call(ApiMethod.JOIN, order, Joined.class);
      out().printf("You are %s in the cluster %s.%n", joined.name(), joined.cluster());
      return joined.name();
    }
  }

  private void logIn(ApiClient api, AuthAddress to) throws IOException {
    Self self = api.call(ApiMethod.SELF, new None(), Self.class);
    if (self.secondFactor().equals("set")) {
      setFactor(api);
    }
    KeyPair pair = SshKeys.generateEd25519();
    CertificateOrder order =
        new CertificateOrder(
            SshKeys.line(pair.getPublic()), Optional.ofNullable(time), Optional.of(pinSource));
    Issued issued = api.call(ApiMethod.CERTIFICATE, order, Issued.class);
    List<Authority> authorities = api.list(ApiMethod.AUTHORITIES, new None(), Authority.class);
    Profile profile =
        new Profile(
            self.cluster(),
            self.name(),
            to.toString(),
            authorities,
            issued.principals(),
            issued.validBefore());
    write(profile, pair, issued);
    writeConfig(api, profile);
    boolean inAgent = !noAgent && give(profile, pair, issued);
    out()
        .printf(
            "Logged in to %s as %s until %s%s.%n",
            profile.cluster(),
            profile.user(),
            profile.validBefore(),
            inAgent ? "; the agent has the certificate" : "");
    out().flush();
  }

  /** Who is logged in is so although ssh can't be told how to go on from there. */
  private void writeConfig(ApiClient api, Profile profile) throws IOException {
    Profiles.ProfileFiles files = profiles.files(profile.cluster());
    try {
      String text = ClusterSshConfig.ask(api, profile, files).text("holdfast");
      WholeFile.replace(files.sshConfig(), text, WholeFile.OWN);
    } catch (ApiFailure e) {
      SshCommand.ofProcess().err().println("holdfast: no ssh_config was written: " + e.sentence());
    }
  }

  private void setFactor(ApiClient api) throws IOException {
    NewFactor made = api.call(ApiMethod.FACTOR_NEW, new None(), NewFactor.class);
    PrintStream err = SshCommand.ofProcess().err();
    err.println("Your roles want a second factor. Enter this in an authenticator:");
    err.println("  " + made.uri());
    String code = SubsystemCall.ask("The code that it shows: ", true, err);
    if (code == null) {
      throw new IOException("Nobody is there to enter a code.");
    }
    api.call(ApiMethod.FACTOR_SET, new Code(made.secret(), code), Done.class);
  }

  private void write(Profile profile, KeyPair pair, Issued issued) throws IOException {
    Profiles.ProfileFiles files = profiles.files(profile.cluster());
    Profiles.directory(files.directory());
    forget(files);
    Files.deleteIfExists(files.key());
    HostKeyFiles.write(pair, files.key());
    WholeFile.replace(files.certificate(), issued.certificate() + "\n", WholeFile.OWN);
    profiles.write(profile);
  }

  /** The agent shall not hold the certificate of before beside the new one. */
  private static void forget(Profiles.ProfileFiles files) {
    if (Files.exists(files.certificate())) {
      AgentCertificates.remove(files.certificate());
    }
  }

  private boolean give(Profile profile, KeyPair pair, Issued issued) {
    String socket = System.getenv("SSH_AUTH_SOCK");
    if (socket == null || socket.isEmpty()) {
      return false;
    }
    try (Agent agent = Agent.connect(Path.of(socket))) {
      String[] words = issued.certificate().split(" ", 2);
      SshPublicKey certificate = SshPublicKey.of(words[0], words[1]);
      Duration left = Duration.between(Instant.now(), profile.validBefore());
      agent.add(pair, certificate, "holdfast-" + profile.cluster(), left);
      return true;
    } catch (IOException | MalformedKeyException | RuntimeException e) {
      SshCommand.ofProcess().err().println("holdfast: the agent does not take the certificate.");
      return false;
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
