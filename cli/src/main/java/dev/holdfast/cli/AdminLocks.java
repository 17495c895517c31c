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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
  static final class Ls implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;
    @Mixin private Listing listing;

    @Override
    public Integer call() throws IOException {
      try (ApiClient api = access.open()) {
        listing.print(
            spec.commandLine().getOut(),
            api.list(ApiMethod.LOCKS, new None(), Lock.class),
            List.of("ID", "TARGET", "EXPIRES", "REASON"),
            lock ->
                List.of(
                    lock.id(),
                    lock.target().toString(),
                    lock.expires().map(Object::toString).orElse("never"),
                    lock.reason()));
      }
      return 0;
    }
  }

  /** A new one. */
  @Command(
      name = "add",
      description = "Lock a user, a role or a node at once.",
      mixinStandardHelpOptions = true)
  static final class Add implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;

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
    public Integer call() throws IOException {
      try (ApiClient api = access.open()) {
        LockOrder order =
            new LockOrder(new Lock.Target(kind, name), reason, Optional.ofNullable(time));
        Lock lock = api.call(ApiMethod.LOCK_SET, order, Lock.class);
        AdminUsers.print(spec, "Locked the %s (%s).", lock.target(), lock.id());
      }
      return 0;
    }
  }

  /** The end of one. */
  @Command(name = "rm", description = "Remove a lock.", mixinStandardHelpOptions = true)
  static final class Rm implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;

    @Parameters(paramLabel = "ID", description = "The lock.")
    private String id;

    @Override
    public Integer call() throws IOException {
      try (ApiClient api = access.open()) {
        api.call(ApiMethod.LOCK_REMOVE, new Named(id), Done.class);
      }
      AdminUsers.print(spec, "Removed the lock %s.", id);
      return 0;
    }
  }
}
