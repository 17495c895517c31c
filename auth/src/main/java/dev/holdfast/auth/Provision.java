package dev.holdfast.auth;

import dev.holdfast.auth.ApiRecords.BridgeOrder;
import dev.holdfast.auth.ApiRecords.Issued;
import dev.holdfast.auth.ApiRecords.NodeOrder;
import dev.holdfast.auth.ApiRecords.TicketKeySet;
import java.io.IOException;
import java.time.Duration;

/** What the service gives one machine, and no other. */
@FunctionalInterface
interface Provision {
  /** A certificate of its host key. */
  Issued certify() throws IOException;

  /**
   * The keys of tickets, if it is a proxy.
   *
   * @param renewable how long a ticket of its may count
   */
  default TicketKeySet ticketKeys(Duration renewable) throws IOException {
    throw new IOException("The cluster hands no keys for tickets to this machine.");
  }

  /** A certificate for the names of a node, if it is a proxy that records. */
  default Issued certifyNode(NodeOrder order) throws IOException {
    throw new IOException("The cluster lets this machine speak for no node.");
  }

  /** A certificate for a user's login to a node, if it is a proxy that records. */
  default Issued certifyBridge(BridgeOrder order) throws IOException {
    throw new IOException("The cluster lets this machine speak for no user.");
  }

  /** What the service at the other end of {@code cluster} gives. */
  static Provision of(RemoteCluster cluster) {
    return new Provision() {
      @Override
      public Issued certify() throws IOException {
        return cluster.certifyHost();
      }

      @Override
      public TicketKeySet ticketKeys(Duration renewable) throws IOException {
        return cluster.ticketKeys(renewable);
      }

      @Override
      public Issued certifyNode(NodeOrder order) throws IOException {
        return cluster.certifyNode(order);
      }

      @Override
      public Issued certifyBridge(BridgeOrder order) throws IOException {
        return cluster.certifyBridge(order);
      }
    };
  }
}
