package dev.holdfast.auth;

import dev.holdfast.access.BusyException;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseRenewal;
import dev.holdfast.access.Leases;
import dev.holdfast.auth.ApiRecords.Ids;
import dev.holdfast.auth.ApiRecords.LeaseQuery;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.Renewals;
import dev.holdfast.auth.ApiRecords.Renewed;
import dev.holdfast.auth.Caller.Standing;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The calls about leases: of machines, and of people. Thread-safe. */
final class LeaseCalls {
  private final LeaseBook book;

  LeaseCalls(LeaseBook book) {
    this.book = book;
  }

  Object call(Caller caller, ApiMethod method, Record params) throws IOException {
    try {
      return answer(caller, method, params);
    } catch (BusyException e) {
      // Here it is the store; the caller finds it busy.
      throw new StoreUnavailableException(e);
    }
  }

  private Object answer(Caller caller, ApiMethod method, Record params) throws IOException {
    return switch (params) {
      case LeaseOrder order -> of(caller).take(order);
      case Renewals(List<LeaseRenewal> renewals) -> new Renewed(of(caller).renew(renewals));
      case Ids(List<String> ids) -> {
        if (method == ApiMethod.LEASES_DROP) {
          of(caller).drop(ids);
        } else {
          of(caller).release(ids);
        }
        yield ApiCalls.done();
      }
      case ApiRecords.None none ->
          book.limits(isAdministrator(caller) ? Optional.empty() : own(caller));
      case LeaseQuery(Optional<String> user) -> book.list(visible(caller, user));
      case Named(String id) -> {
        book.remove(caller, id, isAdministrator(caller) ? Optional.empty() : own(caller));
        yield ApiCalls.done();
      }
      default -> throw new IllegalArgumentException("no call of leases: " + method);
    };
  }

  private Leases of(Caller caller) {
    return book.of(((Caller.Machine) caller).machine().id());
  }

  /** Who is no administrator sees his own. */
  private static Optional<String> visible(Caller caller, Optional<String> user) {
    if (isAdministrator(caller)) {
      return user;
    }
    if (user.isPresent() && !user.equals(own(caller))) {
      throw new InvalidRecordException("You may see your own connections only.");
    }
    return own(caller);
  }

  private static Optional<String> own(Caller caller) {
    return Optional.of(caller.name());
  }

  private static boolean isAdministrator(Caller caller) {
    return caller.standings().contains(Standing.ADMINISTRATOR);
  }
}
