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
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

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
  static final class Ls extends AdminList<Role> {
    @Override
    List<Role> all(ApiClient api) throws IOException {
      return api.list(ApiMethod.ROLES, new None(), Role.class);
    }

    @Override
    List<String> titles() {
      return List.of("NAME", "LOGINS", "NODES", "DENIES");
    }

    @Override
    List<String> row(Role role) {
      return List.of(
          role.name(),
          String.join(",", role.allow().logins()),
          role.allow().nodes().toString(),
          role.deny().logins().isEmpty() && role.deny().nodes().isEmpty()
              ? ""
              : String.join(",", role.deny().logins()) + " " + role.deny().nodes());
    }
  }

  /** One of them, as apply reads it. */
  @Command(
      name = "show",
      description = "Print a role as 'holdfast admin apply' reads it.",
      mixinStandardHelpOptions = true)
  static final class Show extends AdminCall {
    @Parameters(paramLabel = "NAME", description = "The role.")
    private String name;

    @Override
    void call(ApiClient api) throws IOException {
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
      out().print(YamlText.of(List.of(new Json.Members(members))));
    }
  }

  /** The end of one. */
  @Command(
      name = "rm",
      description = "Remove a role that no user has.",
      mixinStandardHelpOptions = true)
  static final class Rm extends AdminCall {
    @Parameters(paramLabel = "NAME", description = "The role.")
    private String name;

    @Override
    void call(ApiClient api) throws IOException {
      api.call(ApiMethod.ROLE_REMOVE, new Named(name), Done.class);
      say("Removed the role %s.", name);
    }
  }
}
