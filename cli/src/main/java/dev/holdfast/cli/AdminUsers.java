package dev.holdfast.cli;

import dev.holdfast.access.Documents.TokenOrder;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Labels;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.MadeToken;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.None;
import dev.holdfast.auth.ApiRecords.UserOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast admin users}. */
@Command(
    name = "users",
    description = "The users.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AdminUsers.Ls.class,
      AdminUsers.Add.class,
      AdminUsers.Invite.class,
      AdminUsers.Rm.class,
      AdminUsers.ResetFactor.class
    })
final class AdminUsers {
  private AdminUsers() {}

  /** The list. */
  @Command(name = "ls", description = "List the users.", mixinStandardHelpOptions = true)
  static final class Ls extends AdminList<User> {
    @Override
    List<User> all(ApiClient api) throws IOException {
      return api.list(ApiMethod.USERS, new None(), User.class);
    }

    @Override
    List<String> titles() {
      return List.of("NAME", "ROLES", "KEYS");
    }

    @Override
    List<String> row(User user) {
      return List.of(user.name(), String.join(",", user.roles()), "" + user.keys().size());
    }
  }

  /** A new user. */
  @Command(
      name = "add",
      description = "Add a user with his public key.",
      mixinStandardHelpOptions = true)
  static final class Add extends AdminCall {
    /** Characters of a file of keys. */
    private static final long MOST_BYTES = 1 << 20;

    @Parameters(paramLabel = "NAME", description = "His name in the cluster.")
    private String name;

    @Option(
        names = "--roles",
        split = ",",
        paramLabel = "ROLE,...",
        description = "His roles. A new cluster has the roles admin and access.")
    private List<String> roles = List.of();

    @Option(
        names = "--key",
        required = true,
        paramLabel = "FILE",
        description = "His public key, as ssh-keygen writes it; may be given several times.")
    private List<Path> keys;

    @Override
    void call(ApiClient api) throws IOException {
      List<String> lines = new ArrayList<>();
      for (Path file : keys) {
        lines.addAll(lines(file));
      }
      User user = new User(name, roles, lines, Optional.empty());
      api.call(ApiMethod.USER_SET, new UserOrder(user, true), Done.class);
      say("Added the user %s.", name);
    }

    private static List<String> lines(Path file) throws IOException {
      if (Files.size(file) > MOST_BYTES) {
        throw new IOException("%s is longer than public keys are.".formatted(file));
      }
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    }
  }

  /** A user who registers his key himself. */
  @Command(
      name = "invite",
      description = {
        "Make a token by which a person becomes a user and registers a key.",
        "",
        "It works once. A user who is there already registers another key with it."
      },
      mixinStandardHelpOptions = true)
  static final class Invite extends AdminCall {
    @Parameters(paramLabel = "NAME", description = "The person's name in the cluster.")
    private String name;

    @Option(
        names = "--roles",
        split = ",",
        paramLabel = "ROLE,...",
        description = "The person's roles.")
    private List<String> roles = List.of();

    @Option(
        names = "--time",
        paramLabel = "TIME",
        converter = TimeSpan.class,
        description = "How long the token counts. Default: 1h.")
    private @Nullable Duration time;

    @Override
    void call(ApiClient api) throws IOException {
      TokenOrder order =
          new TokenOrder(
              JoinToken.Purpose.USER,
              Optional.ofNullable(time),
              Optional.empty(),
              Labels.NONE,
              Optional.of(name),
              roles);
      MadeToken made = api.call(ApiMethod.TOKEN_MAKE, order, MadeToken.class);
      say("%s", made.text());
      sayBeside("Until %s, once: holdfast login --join TOKEN HOST", made.token().expires());
    }
  }

  /** The end of one. */
  @Command(
      name = "rm",
      description = "Remove a user. What he has open is decided anew, and ends.",
      mixinStandardHelpOptions = true)
  static final class Rm extends AdminCall {
    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name;

    @Override
    void call(ApiClient api) throws IOException {
      api.call(ApiMethod.USER_REMOVE, new Named(name), Done.class);
      say("Removed the user %s.", name);
    }
  }

  /** A lost authenticator. */
  @Command(
      name = "reset-factor",
      description = "Remove a user's second factor, for example when the authenticator was lost.",
      mixinStandardHelpOptions = true)
  static final class ResetFactor extends AdminCall {
    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name;

    @Override
    void call(ApiClient api) throws IOException {
      api.call(ApiMethod.FACTOR_REMOVE, new Named(name), Done.class);
      say("Removed the second factor of %s.", name);
    }
  }
}
