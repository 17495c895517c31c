package dev.holdfast.cli;

import dev.holdfast.access.Authority;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.None;
import dev.holdfast.auth.ApiRecords.Phase;
import dev.holdfast.auth.ApiRecords.Rotation;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast admin authorities}. */
@Command(
    name = "authorities",
    description = "The authorities, whose keys sign the certificates of users and hosts.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AdminAuthorities.Ls.class,
      AdminAuthorities.Export.class,
      AdminAuthorities.Rotate.class
    })
final class AdminAuthorities {
  private AdminAuthorities() {}

  /** The list. */
  @Command(
      name = "ls",
      description = "List the authorities that are believed.",
      mixinStandardHelpOptions = true)
  static final class Ls implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;
    @Mixin private Listing listing;

    @Override
    public Integer call() throws IOException {
      try (ApiClient api = access.open()) {
        listing.print(
            spec.commandLine().getOut(),
            api.list(ApiMethod.AUTHORITIES, new None(), Authority.class),
            List.of("FINGERPRINT", "KIND", "STATE"),
            one ->
                List.of(
                    one.fingerprint(),
                    one.kind().name().toLowerCase(Locale.ROOT),
                    one.state().name().toLowerCase(Locale.ROOT)));
      }
      return 0;
    }
  }

  /** The keys for a stock sshd. */
  @Command(
      name = "export",
      description = {
        "Print the keys of a kind, a line each.",
        "",
        "Those for users are what sshd's TrustedUserCAKeys names."
      },
      mixinStandardHelpOptions = true)
  static final class Export implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;

    @Parameters(paramLabel = "user|host", description = "Whom they certify.")
    private Authority.Kind kind;

    @Override
    public Integer call() throws IOException {
      try (ApiClient api = access.open()) {
        for (Authority one : api.list(ApiMethod.AUTHORITIES, new None(), Authority.class)) {
          if (one.kind() == kind) {
            spec.commandLine().getOut().println(one.key());
          }
        }
      }
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  /** A step of a rotation. */
  @Command(
      name = "rotate",
      description = {
        "Change an authority's key, in two steps: begin, and when everybody knows the new key,"
            + " switch.",
        "",
        "What the former key signed counts until it ends; drop ends that at once."
      },
      mixinStandardHelpOptions = true)
  static final class Rotate implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;

    @Parameters(index = "0", paramLabel = "user|host", description = "Whom it certifies.")
    private Authority.Kind kind;

    @Option(
        names = "--phase",
        required = true,
        paramLabel = "begin|switch|drop",
        description = "The step.")
    private Phase phase;

    @Override
    public Integer call() throws IOException {
      try (ApiClient api = access.open()) {
        api.call(ApiMethod.ROTATE, new Rotation(kind, phase), Done.class);
      }
      AdminUsers.print(spec, "Done.");
      return 0;
    }
  }
}
