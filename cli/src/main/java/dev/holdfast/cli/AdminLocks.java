package dev.holdfast.cli;

import dev.holdfast.access.Lock;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.LockOrder;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.None;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast admin locks}. */
@Command(
    name = "locks",
    description = "The locks: whom they hit may do nothing, and what he has open ends.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {AdminLocks.Ls.class, AdminLocks.Add.class, AdminLocks.Rm.class})
final class AdminLocks {
  private AdminLocks() {}

  /** The list. */
  @Command(name = "ls", description = "List the locks.", mixinStandardHelpOptions = true)
  static final class Ls extends AdminList<Lock> {
    @Override
    List<Lock> all(ApiClient api) throws IOException {
      return api.list(ApiMethod.LOCKS, new None(), Lock.class);
    }

    @Override
    List<String> titles() {
      return List.of("ID", "TARGET", "EXPIRES", "REASON");
    }

    @Override
    List<String> row(Lock lock) {
      return List.of(
          lock.id(),
          lock.target().toString(),
          lock.expires().map(Object::toString).orElse("never"),
          lock.reason());
    }
  }

  /** A new one. */
  @Command(
      name = "add",
      description = "Lock a user, a role or a node at once.",
      mixinStandardHelpOptions = true)
  static final class Add extends AdminCall {
    @Parameters(index = "0", paramLabel = "user|role|node", description = "What is locked.")
    private Lock.Kind kind;

    @Parameters(index = "1", paramLabel = "NAME", description = "Its name.")
    private String name;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        defaultValue = "",
        description = "A sentence for those whom it hits.")
    private String reason;

    @Option(
        names = "--time",
        paramLabel = "TIME",
        converter = TimeSpan.class,
        description = "How long it lasts. Default: until it is removed.")
    private @Nullable Duration time;

    @Override
    void call(ApiClient api) throws IOException {
      LockOrder order =
          new LockOrder(new Lock.Target(kind, name), reason, Optional.ofNullable(time));
      Lock lock = api.call(ApiMethod.LOCK_SET, order, Lock.class);
      say("Locked the %s (%s).", lock.target(), lock.id());
    }
  }

  /** The end of one. */
  @Command(name = "rm", description = "Remove a lock.", mixinStandardHelpOptions = true)
  static final class Rm extends AdminCall {
    @Parameters(paramLabel = "ID", description = "The lock.")
    private String id;

    @Override
    void call(ApiClient api) throws IOException {
      api.call(ApiMethod.LOCK_REMOVE, new Named(id), Done.class);
      say("Removed the lock %s.", id);
    }
  }
}
