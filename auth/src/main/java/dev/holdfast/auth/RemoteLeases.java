package dev.holdfast.auth;

import dev.holdfast.access.BusyException;
import dev.holdfast.access.LeaseAnswer;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseRenewal;
import dev.holdfast.access.Leases;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.Ids;
import dev.holdfast.auth.ApiRecords.Renewals;
import dev.holdfast.auth.ApiRecords.Renewed;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The leases by the API of an auth service elsewhere. Thread-safe. */
final class RemoteLeases implements Leases {
  private final Conversation conversation;

  /** Where the service is asked. */
  interface Conversation {
    ApiClient open() throws IOException;
  }

  RemoteLeases(Conversation conversation) {
    this.conversation = conversation;
  }

  @Override
  public LeaseAnswer take(LeaseOrder order) throws IOException {
    return call(ApiMethod.LEASE_TAKE, order, LeaseAnswer.class);
  }

  @Override
  public Map<String, LeaseRenewal.State> renew(List<LeaseRenewal> renewals) throws IOException {
    return call(ApiMethod.LEASES_RENEW, new Renewals(renewals), Renewed.class).states();
  }

  @Override
  public void release(List<String> ids) throws IOException {
    call(ApiMethod.LEASES_RELEASE, new Ids(ids), Done.class);
  }

  @Override
  public void drop(List<String> epochs) throws IOException {
    call(ApiMethod.LEASES_DROP, new Ids(epochs), Done.class);
  }

  private <T> T call(ApiMethod method, Record params, Class<T> type) throws IOException {
    ApiClient first = conversation.open();
    try {
      return call(first, method, params, type);
    } catch (ApiFailure e) {
      if (e.code() == ApiFailure.Code.UNAVAILABLE) {
        throw new BusyException(e.sentence(), e);
      }
      throw e;
    }
  }

  /** A service that went before it answered is asked again: each lease has a name. */
  private <T> T call(ApiClient first, ApiMethod method, Record params, Class<T> type)
      throws IOException {
    try {
      return first.call(method, params, type);
    } catch (IOException e) {
      if (!first.wasLeft(e)) {
        throw e;
      }
      return conversation.open().call(method, params, type);
    }
  }
}
