package dev.holdfast.cli;

import dev.holdfast.access.Documents;
import dev.holdfast.access.Documents.Document;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Role;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.MadeToken;
import dev.holdfast.auth.ApiRecords.UserOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast admin apply}: what a file says. */
@Command(
    name = "apply",
    description = {
      "Set the roles and users, and make the tokens, that a YAML file describes.",
      "",
      "A file that is wrong changes nothing: it is read whole first, and wrong places are named."
    },
    mixinStandardHelpOptions = true)
final class AdminApply implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ApiAccess access;

  @Parameters(paramLabel = "FILE", description = "The documents.")
  private Path file;

  @Override
  public Integer call() throws IOException {
    List<Document> documents;
    try {
      documents = Documents.read(Files.readString(file), file.toString());
    } catch (InvalidRecordException e) {
      spec.commandLine().getErr().println("holdfast: " + e.sentence());
      return Failures.USAGE;
    }
    try (ApiClient api = access.open()) {
      for (Document document : documents) {
        apply(api, document);
      }
    }
    return 0;
  }

  private void apply(ApiClient api, Document document) throws IOException {
    switch (document) {
      case Document.OfRole(Role role) -> {
        api.call(ApiMethod.ROLE_SET, role, Done.class);
        AdminCall.print(spec, "Set the role %s.", role.name());
      }
      case Document.OfUser(User user) -> {
        api.call(ApiMethod.USER_SET, new UserOrder(user, false), Done.class);
        AdminCall.print(spec, "Set the user %s.", user.name());
      }
      case Document.OfToken(var order) -> {
        MadeToken made = api.call(ApiMethod.TOKEN_MAKE, order, MadeToken.class);
        AdminCall.print(spec, "%s", made.text());
      }
    }
  }
}
