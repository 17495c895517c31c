package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Names;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.recording.PartStore.Subject;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The recordings: parts in the store, the list of them in the database. A node writes its own and
 * nobody writes anything twice. A part is first announced in the list with its hash, then stored,
 * then counted; what was not counted was not acknowledged. Thread-safe.
 */
final class Recordings {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  private final Database database;
  private final AuditTrail trail;
  private final RecordingStore store;

  Recordings(Database database, AuditTrail trail, RecordingStore store) {
    this.database = database;
    this.trail = trail;
    this.store = store;
  }

  // ---- for nodes ----

  /** A recording begins; again changes nothing. */
  void begin(NodeRecord node, String id, Subject subject) throws IOException {
    checkId(id);
    trail.change((tx, events) -> {
      if (own(tx, node, id).isEmpty()) {
        add(tx, node, id, subject, events);
      }
      return true;
    });
  }

  private static void add(
      Tx tx, NodeRecord node, String id, Subject subject, List<AuditEvent> events)
      throws SQLException {
    NodeRecord ran = where(tx, node, subject);
    RecordingTable.add(tx, id, node.id(), ran.name(), subject);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("recording", id);
    fields.put("session", subject.session());
    fields.put("login", subject.login());
    fields.put("server_id", ran.id());
    fields.put("server_name", ran.name());
    if (!ran.equals(node)) {
      fields.put("proxy", node.name());
    }
    events.add(new AuditEvent(AuditCode.RECORDING_STARTED, subject.user(), fields));
  }

  /** A proxy records what runs on nodes; everybody else, what runs on himself. */
  private static NodeRecord where(Tx tx, NodeRecord recorder, Subject subject) throws SQLException {
    return recorder.kind() == ServiceKind.PROXY
        ? MachineTable.byName(tx, ServiceKind.NODE, subject.node()).orElse(recorder)
        : recorder;
  }

  /** Keeps a part; when this returns it is in the store and in the list. */
  void put(NodeRecord node, String id, int number, byte[] part) throws IOException {
    checkId(id);
    if (number < 0 || number >= RecordingStore.MOST_PARTS) {
      throw new InvalidRecordException(
          "A recording has at most %d parts.".formatted(RecordingStore.MOST_PARTS));
    }
    if (part.length > RecordingStore.MOST_PART) {
      throw new InvalidRecordException(
          "A part has at most %d bytes.".formatted(RecordingStore.MOST_PART));
    }
    String hash = hash(part);
    boolean known =
        trail.change((tx, events) -> announce(tx, node, id, number, hash, part, events));
    if (known) {
      return;
    }
    store.put(id, number, part);
    database.transact(tx -> {
      writable(tx, node, id);
      RecordingTable.stored(tx, id, number);
      return true;
    });
  }

  /** Whether this very part is stored already. */
  private static boolean announce(
      Tx tx,
      NodeRecord node,
      String id,
      int number,
      String hash,
      byte[] part,
      List<AuditEvent> events)
      throws SQLException {
    if (own(tx, node, id).isEmpty()) {
      add(tx, node, id, new Subject("", "", "", tx.now()), events);
    }
    Optional<RecordingTable.Part> there = RecordingTable.part(tx, id, number);
    if (there.isEmpty()) {
      writable(tx, node, id);
      RecordingTable.announce(tx, id, number, hash, part.length);
      return false;
    }
    if (!there.get().sha256().equals(hash)) {
      throw new InvalidRecordException(
          "Part %d of the recording %s was put already, and was another.".formatted(number, id));
    }
    return there.get().stored();
  }

  private static void writable(Tx tx, NodeRecord node, String id) throws SQLException {
    Recorded.State state = own(tx, node, id).map(Recorded::state).orElse(Recorded.State.DELETING);
    switch (state) {
      case OPEN, CUT -> {}
      case COMPLETE ->
          throw new InvalidRecordException("The recording %s is complete.".formatted(id));
      case DELETING -> throw new InvalidRecordException("The recording %s is gone.".formatted(id));
    }
  }

  private static Optional<Recorded> own(Tx tx, NodeRecord node, String id) throws SQLException {
    Optional<Recorded> found = RecordingTable.find(tx, id);
    if (found.filter(it -> !it.node().equals(node.id())).isPresent()) {
      throw new InvalidRecordException("The recording %s is another node's.".formatted(id));
    }
    return found;
  }

  /** The parts of a node's own recording that are stored. */
  List<Integer> ownParts(NodeRecord node, String id) throws IOException {
    checkId(id);
    return database.transact(
        tx -> own(tx, node, id).isEmpty() ? List.of() : RecordingTable.parts(tx, id));
  }

  /** The node is there, and these still go on. */
  void touch(NodeRecord node, List<String> ids) throws IOException {
    ids.forEach(Recordings::checkId);
    database.transact(tx -> {
      RecordingTable.touch(tx, node.id(), ids);
      return true;
    });
  }

  /** No more parts come; again changes nothing. */
  void complete(NodeRecord node, String id) throws IOException {
    checkId(id);
    trail.change((tx, events) -> {
      Optional<Recorded> found = own(tx, node, id);
      if (found.filter(it -> it.state() != Recorded.State.COMPLETE).isPresent()) {
        writable(tx, node, id);
        RecordingTable.end(tx, id, Recorded.State.COMPLETE, tx.nowMillis());
        events.add(told(AuditCode.RECORDING_COMPLETED, found.get()));
      }
      return true;
    });
  }

  /** What is to be known of a recording in an event. */
  static AuditEvent told(AuditCode code, Recorded it, Object... more) {
    Object[] fields = new Object[10 + more.length];
    Object[] own = {
      "recording",
      it.id(),
      "login",
      it.login(),
      "server_id",
      it.node(),
      "parts",
      it.parts(),
      "bytes",
      it.bytes()
    };
    System.arraycopy(own, 0, fields, 0, own.length);
    System.arraycopy(more, 0, fields, own.length, more.length);
    return AuditEvent.of(code, it.user(), fields);
  }

  // ---- for those who may read ----

  List<Recorded> list(Reader reader, RecordingQuery query) throws IOException {
    RecordingQuery seen = query;
    if (!reader.all()) {
      if (query.user().filter(it -> !it.equals(reader.name())).isPresent()) {
        throw new InvalidRecordException(
            "You may list your own recordings; ask an administrator for a role with the right to"
                + " audit to see others'.");
      }
      seen = query.of(reader.name());
    }
    RecordingQuery wanted = seen;
    return database.transact(tx -> RecordingTable.list(tx, wanted));
  }

  /**
   * What is known of a recording. Who may not see it is told the same as if there were none, and
   * that he asked is an event.
   */
  Recorded show(Reader reader, String id) throws IOException {
    checkId(id);
    Optional<Recorded> found =
        database.transact(
            tx -> RecordingTable.find(tx, id).filter(it -> it.state() != Recorded.State.DELETING));
    if (found.isEmpty() && reader.all()) {
      throw none(id);
    }
    if (found.filter(reader::maySee).isEmpty()) {
      trail.recordRefusal(
          AuditCode.CALL_REFUSED, reader.name(), "method", "recordings.show", "recording", id);
      throw new ApiFailure(
          ApiFailure.Code.REFUSED,
          "There is no recording %s that you may see; ask an administrator for a role with the right to audit."
              .formatted(id));
    }
    return found.get();
  }

  /** The parts that are stored. */
  List<Integer> parts(Reader reader, String id) throws IOException {
    show(reader, id);
    return database.transact(tx -> RecordingTable.parts(tx, id));
  }

  /** Notes that somebody reads a recording; only then may he. */
  void noteReading(String reader, String id) throws IOException {
    checkId(id);
    trail.change((tx, events) -> {
      Recorded it = there(tx, id);
      events.add(
          AuditEvent.of(
              AuditCode.RECORDING_READ,
              reader,
              "recording",
              id,
              "of",
              it.user(),
              "login",
              it.login(),
              "server_id",
              it.node()));
      return true;
    });
  }

  /** A part as it is in the store, if it is there. */
  Optional<byte[]> get(String id, int number) throws IOException {
    checkId(id);
    return store.get(id, number);
  }

  // ---- for administrators ----

  /** Nothing removes it from now on, whatever its age. */
  void hold(String by, String id, String reason) throws IOException {
    if (reason.isBlank() || reason.length() > Names.MOST_CHARACTERS) {
      throw new InvalidRecordException("A hold has a reason of at most 128 characters.");
    }
    checkId(id);
    trail.change((tx, events) -> {
      there(tx, id);
      RecordingTable.hold(tx, id, Optional.of(reason));
      events.add(AuditEvent.of(AuditCode.RECORDING_HELD, by, "recording", id, "reason", reason));
      return true;
    });
  }

  void release(String by, String id) throws IOException {
    checkId(id);
    trail.change((tx, events) -> {
      there(tx, id);
      RecordingTable.hold(tx, id, Optional.empty());
      events.add(AuditEvent.of(AuditCode.RECORDING_RELEASED, by, "recording", id));
      return true;
    });
  }

  /** Removes one that has ended and that nobody holds. */
  void delete(String by, String id) throws IOException {
    checkId(id);
    trail.change((tx, events) -> {
      Recorded it = there(tx, id);
      if (it.state() == Recorded.State.OPEN) {
        throw new InvalidRecordException(
            "The recording %s goes on; end its session first.".formatted(id));
      }
      condemn(tx, events, it, by, "asked for");
      return true;
    });
    remove(id);
  }

  /** From here on it is gone for everybody, and sooner or later from the store. */
  static void condemn(Tx tx, List<AuditEvent> events, Recorded it, String by, String why)
      throws SQLException {
    if (it.hold().isPresent()) {
      throw new InvalidRecordException(
          "The recording %s is held (%s); release it first."
              .formatted(it.id(), Names.printable(it.hold().get())));
    }
    RecordingTable.end(tx, it.id(), Recorded.State.DELETING, tx.nowMillis());
    events.add(
        AuditEvent.of(
            AuditCode.RECORDING_DELETED, by, "recording", it.id(), "of", it.user(), "why", why));
  }

  /** Removes what was condemned. */
  void remove(String id) throws IOException {
    store.delete(id);
    database.transact(tx -> {
      RecordingTable.remove(tx, id);
      return true;
    });
  }

  void compose(String id) throws IOException {
    store.compose(id);
  }

  private static Recorded there(Tx tx, String id) throws SQLException {
    return RecordingTable.find(tx, id)
        .filter(it -> it.state() != Recorded.State.DELETING)
        .orElseThrow(() -> none(id));
  }

  private static InvalidRecordException none(String id) {
    return new InvalidRecordException("There is no recording %s.".formatted(id));
  }

  static void checkId(String id) {
    if (!ID.matcher(id).matches()) {
      throw new InvalidRecordException("A recording is named by 32 small hexadecimal digits.");
    }
  }

  static String hash(byte[] part) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(part));
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every JDK has SHA-256", e);
    }
  }
}
