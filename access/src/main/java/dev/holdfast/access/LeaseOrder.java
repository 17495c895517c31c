package dev.holdfast.access;

/**
 * That somebody who is logged in wants a lease for his connection.
 *
 * @param id of the connection: asking again with the same id takes no second lease
 * @param epoch the life of the process that has the connection; when that has died, its leases are
 *     dropped together
 * @param login the account
 * @param from the address that the client came from
 */
public record LeaseOrder(String id, String user, String epoch, String login, String from) {
  /** Characters of an address. */
  static final int MOST_ADDRESS = 128;

  public LeaseOrder {
    Lease.id(id);
    Lease.id(epoch);
    login = Names.printable(login);
    from = Names.printable(from);
  }
}
