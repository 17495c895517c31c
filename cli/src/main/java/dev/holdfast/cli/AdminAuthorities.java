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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
  static final class Ls extends AdminList<Authority> {
    @Override
    List<Authority> all(ApiClient api) throws IOException {
      return api.list(ApiMethod.AUTHORITIES, new None(), Authority.class);
    }

    @Override
    List<String> titles() {
      return List.of("FINGERPRINT", "KIND", "STATE");
    }

    @Override
    List<String> row(Authority one) {
      return List.of(
          one.fingerprint(),
          one.kind().name().toLowerCase(Locale.ROOT),
          one.state().name().toLowerCase(Locale.ROOT));
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
  static final class Export extends AdminCall {
    @Parameters(paramLabel = "user|host", description = "Whom they certify.")
    private Authority.Kind kind;

    @Override
    void call(ApiClient api) throws IOException {
      for (Authority one : api.list(ApiMethod.AUTHORITIES, new None(), Authority.class)) {
        if (one.kind() == kind) {
          out().println(one.key());
        }
      }
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
  static final class Rotate extends AdminCall {
    @Parameters(index = "0", paramLabel = "user|host", description = "Whom it certifies.")
    private Authority.Kind kind;

    @Option(
        names = "--phase",
        required = true,
        paramLabel = "begin|switch|drop",
        description = "The step.")
    private Phase phase;

    @Override
    void call(ApiClient api) throws IOException {
      api.call(ApiMethod.ROTATE, new Rotation(kind, phase), Done.class);
      say("Done.");
    }
  }
}
