package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Json;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.ApiRecords.Done;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Audit events, written by machines, searched and followed by those who may. Thread-safe. */
final class AuditCalls {
  /** Time between two looks for new events. */
  private static final long LOOK_MILLIS = 500;

  private static final Pattern UID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final Logger log = LoggerFactory.getLogger(AuditCalls.class);

  private final ApiCalls.Parts parts;

  AuditCalls(ApiCalls.Parts parts) {
    this.parts = parts;
  }

  /** Which machine says so is not for it to say. */
  Done record(Caller.Machine caller, AuditEvent event) throws IOException {
    if (event.fields().get("uid") instanceof String uid && !UID.matcher(uid).matches()) {
      throw new InvalidRecordException("The uid of an event is a UUID.");
    }
    NodeRecord server = server(caller.machine(), event.fields());
    AuditEvent told = of(event, server.id(), server.name());
    parts.trail().record(server.equals(caller.machine()) ? told : by(told, caller.machine()));
    return ApiCalls.done();
  }

  /** An event as a machine's. */
  static AuditEvent of(AuditEvent event, String id, String name) {
    Map<String, Object> fields = new LinkedHashMap<>(event.fields());
    fields.put("server_id", id);
    if (event.code() != AuditCode.LIMIT_REACHED) {
      // That one has the fields that others give it, and no more.
      fields.put("server_name", name);
    }
    return new AuditEvent(event.code(), event.user(), fields);
  }

  /** The same, told by a proxy. */
  private static AuditEvent by(AuditEvent event, NodeRecord proxy) {
    Map<String, Object> fields = new LinkedHashMap<>(event.fields());
    fields.put("proxy", proxy.name());
    fields.put("proxy_id", proxy.id());
    return new AuditEvent(event.code(), event.user(), fields);
  }

  /** A proxy that records tells of what happens on nodes behind it. */
  private NodeRecord server(NodeRecord machine, Map<String, Object> fields) throws IOException {
    if (machine.kind() == ServiceKind.PROXY && fields.get("server_name") instanceof String name) {
      return parts
          .database()
          .transact(tx -> MachineTable.byName(tx, ServiceKind.NODE, name))
          .orElse(machine);
    }
    return machine;
  }

  List<Json> search(AuditQuery query) throws IOException {
    return parts.database().transact(tx -> AuditTable.search(tx, query)).stream()
        .map(AuditTable::json)
        .toList();
  }

  /** Tells of each event from now on. */
  Done follow(AuditQuery query, ApiSession session) throws IOException {
    long from = parts.database().transact(AuditTable::last);
    Thread thread =
        Thread.ofVirtual().name("holdfast-follow").unstarted(() -> follow(query, session, from));
    session.hold(thread::interrupt);
    thread.start();
    return ApiCalls.done();
  }

  private void follow(AuditQuery query, ApiSession session, long from) {
    long last = from;
    try {
      while (true) {
        last = tell(query, session, last);
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      // Nobody follows any more.
    } catch (IOException e) {
      log.debug("who followed has gone");
    }
  }

  private long tell(AuditQuery query, ApiSession session, long from) throws IOException {
    List<AuditTable.Stored> events;
    try {
      events = parts.database().transact(tx -> AuditTable.after(tx, from, query));
    } catch (StoreUnavailableException e) {
      // They are all there once it is back.
      return from;
    }
    long last = from;
    for (AuditTable.Stored event : events) {
      session.tell("audited", AuditTable.json(event));
      last = event.seq();
    }
    return last;
  }
}
