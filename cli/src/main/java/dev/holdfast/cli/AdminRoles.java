package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.access.Records;
import dev.holdfast.access.Role;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.None;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast admin roles}; they are set with {@code admin apply}. */
@Command(
    name = "roles",
    description = "The roles. They are set by 'holdfast admin apply FILE'.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {AdminRoles.Ls.class, AdminRoles.Show.class, AdminRoles.Rm.class})
final class AdminRoles {
  private AdminRoles() {}

  /** The list. */
  @Command(name = "ls", description = "List the roles.", mixinStandardHelpOptions = true)
  static final class Ls implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;
    @Mixin private Listing listing;

    @Override
    public Integer call() throws IOException {
      try (ApiClient api = access.open()) {
        listing.print(
            spec.commandLine().getOut(),
            api.list(ApiMethod.ROLES, new None(), Role.class),
            List.of("NAME", "LOGINS", "NODES", "DENIES"),
            role ->
                List.of(
                    role.name(),
                    String.join(",", role.allow().logins()),
                    role.allow().nodes().toString(),
                    role.deny().logins().isEmpty() && role.deny().nodes().isEmpty()
                        ? ""
                        : String.join(",", role.deny().logins()) + " " + role.deny().nodes()));
      }
      return 0;
    }
  }

  /** One of them, as apply reads it. */
  @Command(
      name = "show",
      description = "Print a role as 'holdfast admin apply' reads it.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;

    @Parameters(paramLabel = "NAME", description = "The role.")
    private String name;

    @Override
    public Integer call() throws IOException {
      try (ApiClient api = access.open()) {
        Role role =
            api.list(ApiMethod.ROLES, new None(), Role.class).stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException("There is no role " + name + "."));
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("kind", Json.of("role"));
        if (Records.write(role) instanceof Json.Members(Map<String, Json> own)) {
          members.putAll(own);
        }
        spec.commandLine().getOut().print(YamlText.of(List.of(new Json.Members(members))));
        spec.commandLine().getOut().flush();
      }
      return 0;
    }
  }

  /** The end of one. */
  @Command(
      name = "rm",
      description = "Remove a role that no user has.",
      mixinStandardHelpOptions = true)
  static final class Rm implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;

    @Parameters(paramLabel = "NAME", description = "The role.")
    private String name;

    @Override
    public Integer call() throws IOException {
      try (ApiClient api = access.open()) {
        api.call(ApiMethod.ROLE_REMOVE, new Named(name), Done.class);
      }
      AdminUsers.print(spec, "Removed the role %s.", name);
      return 0;
    }
  }
}
