package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Json;
import dev.holdfast.access.MalformedJsonException;
import dev.holdfast.access.Names;
import dev.holdfast.access.Records;
import dev.holdfast.access.WrongShapeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One caller's conversation with the API: JSON-RPC 2.0, a message a line, one request after the
 * other; notifications of what he watches come between the answers.
 */
final class ApiSession implements AutoCloseable {
  /** Things that one caller watches. */
  static final int MOST_WATCHES = 16;

  /** Recordings of which it is known that he reads them; of more each piece is noted. */
  static final int MOST_READ = 1_000;

  private static final Logger log = LoggerFactory.getLogger(ApiSession.class);

  private final Calls calls;
  private Caller caller;
  private final OutputStream out;
  private final List<AutoCloseable> watches = new ArrayList<>();
  private final Set<String> read = new HashSet<>();

  /** Guards what follows: whether a call is being answered, and whether it is the last. */
  private final Object turn = new Object();

  private boolean answering;
  private boolean finishing;
  private @Nullable Thread reader;

  ApiSession(Caller caller, Calls calls, OutputStream out) {
    this.caller = caller;
    this.calls = calls;
    this.out = out;
  }

  /** What the calls do; an edge. */
  interface Calls {
    /** The caller as he is now. */
    Caller refreshed(Caller caller) throws IOException;

    /** Notes that a caller was refused a call. */
    void refused(Caller caller, ApiMethod method);

    /** Does a call that the caller may make. */
    Object call(Caller caller, ApiMethod method, Record params, ApiSession session)
        throws IOException;
  }

  /** The caller has proven himself to be more than he was. */
  void raise(Caller more) {
    caller = more;
  }

  /** Whether the caller has read of this recording, so that nobody need be told again. */
  synchronized boolean hasRead(String recording) {
    return read.contains(recording);
  }

  /** The caller reads this recording. */
  synchronized void reads(String recording) {
    if (read.size() < MOST_READ) {
      read.add(recording);
    }
  }

  /**
   * Ends it as soon as no call is being answered; the caller is to ask another service, or this one
   * again.
   */
  void finish() {
    synchronized (turn) {
      finishing = true;
      if (!answering && reader != null) {
        reader.interrupt();
      }
    }
  }

  /** Whether the caller does nothing but wait, for what he watches or for his next heartbeat. */
  synchronized boolean isWaiting() {
    return caller instanceof Caller.Machine || !watches.isEmpty();
  }

  private boolean begins() {
    synchronized (turn) {
      answering = !finishing;
      return answering;
    }
  }

  private boolean goesOn() {
    synchronized (turn) {
      answering = false;
      return !finishing;
    }
  }

  /** Answers until the caller ends, or {@link #finish} is called. */
  void serve(InputStream in) throws IOException {
    LineReader lines = new LineReader(in);
    synchronized (turn) {
      reader = Thread.currentThread();
    }
    while (goesOn()) {
      switch (lines.next()) {
        case LineReader.Read.End() -> {
          return;
        }
        case LineReader.Read.TooLong() -> {
          // Where the next message begins is not known.
          send(error(new Json.Null(), ApiFailure.Code.NO_REQUEST, "This line is too long."));
          return;
        }
        case LineReader.Read.Line(String text) -> {
          if (!begins()) {
            return;
          }
          Json answer = answer(text);
          if (answer != null) {
            send(answer);
          }
        }
      }
    }
  }

  /** The answer to a line; null if there is none. */
  @Nullable Json answer(String line) {
    Json request;
    try {
      request = Json.parse(line);
    } catch (MalformedJsonException e) {
      return error(new Json.Null(), ApiFailure.Code.NOT_JSON, String.valueOf(e.getMessage()));
    }
    if (!(request instanceof Json.Members(Map<String, Json> members))
        || !(members.get("method") instanceof Json.Text(String method))
        || !isId(members.get("id"))
        || !Json.of("2.0").equals(members.get("jsonrpc"))) {
      return error(
          new Json.Null(),
          ApiFailure.Code.NO_REQUEST,
          "A request has \"jsonrpc\": \"2.0\", an id and a method.");
    }
    Json id = members.get("id");
    try {
      Json result = call(method, members.getOrDefault("params", Json.members()));
      return id == null
          ? null
          : Json.members("jsonrpc", Json.of("2.0"), "id", id, "result", result);
    } catch (ApiFailure e) {
      return id == null ? null : error(id, e.code(), e.sentence());
    }
  }

  private static boolean isId(@Nullable Json id) {
    return id == null || id instanceof Json.Text || id instanceof Json.Numeral;
  }

  private Json call(String name, Json params) throws ApiFailure {
    Optional<ApiMethod> method = ApiMethod.named(name);
    if (method.isEmpty()) {
      throw new ApiFailure(
          ApiFailure.Code.NO_METHOD, "There is no method " + Names.printable(name) + ".");
    }
    try {
      Caller now = calls.refreshed(caller);
      if (!method.get().isFor(now)) {
        calls.refused(now, method.get());
        throw new ApiFailure(
            ApiFailure.Code.REFUSED,
            now.standings().contains(Caller.Standing.PERSON_WITHOUT_FACTOR)
                ? "Your roles want a second factor; set it with 'holdfast login'."
                : "You may not call %s; ask an administrator for a role with that right."
                    .formatted(name));
      }
      Record read = params(now, params, method.get());
      return Records.write(calls.call(now, method.get(), read, this));
    } catch (ApiFailure e) {
      throw e;
    } catch (WrongShapeException e) {
      throw new ApiFailure(
          ApiFailure.Code.WRONG_PARAMETERS, "The parameters: " + e.sentence() + ".");
    } catch (InvalidRecordException e) {
      throw new ApiFailure(ApiFailure.Code.CONFLICT, e.sentence());
    } catch (StoreUnavailableException | KeyUnavailableException e) {
      log.warn("{} failed: {}", name, String.valueOf(e.getCause()));
      throw new ApiFailure(ApiFailure.Code.UNAVAILABLE, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new ApiFailure(ApiFailure.Code.INTERNAL, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("A call of {} failed.", name, e);
      throw new ApiFailure(
          ApiFailure.Code.INTERNAL, "The service failed at this; its log says why.");
    }
  }

  /**
   * A machine of a newer version may say more than is known here. Of a person everything is to be
   * understood: what he wants must not be done by halves.
   */
  private static Record params(Caller caller, Json params, ApiMethod method)
      throws WrongShapeException {
    return switch (caller) {
      case Caller.Machine _, Caller.Newcomer _ -> Records.readOfPeer(params, method.params());
      case Caller.Person _, Caller.Host _ -> Records.read(params, method.params());
    };
  }

  /** What ends when the caller does. */
  synchronized void hold(AutoCloseable watch) throws ApiFailure {
    if (watches.size() == MOST_WATCHES) {
      closeQuietly(watch);
      throw new ApiFailure(
          ApiFailure.Code.CONFLICT, "More than %d things are watched.".formatted(MOST_WATCHES));
    }
    watches.add(watch);
  }

  /** Tells the caller something that he did not ask for now. */
  void tell(String method, Json params) throws IOException {
    send(Json.members("jsonrpc", Json.of("2.0"), "method", Json.of(method), "params", params));
  }

  private void send(Json message) throws IOException {
    byte[] line = (message.line() + "\n").getBytes(UTF_8);
    synchronized (out) {
      out.write(line);
      out.flush();
    }
  }

  private static Json error(Json id, ApiFailure.Code code, String sentence) {
    Map<String, Json> error = new LinkedHashMap<>();
    error.put("code", Json.of(code.number()));
    error.put("message", Json.of(sentence));
    return Json.members("jsonrpc", Json.of("2.0"), "id", id, "error", new Json.Members(error));
  }

  @Override
  public synchronized void close() {
    watches.forEach(ApiSession::closeQuietly);
    watches.clear();
  }

  private static void closeQuietly(AutoCloseable one) {
    try {
      one.close();
    } catch (Exception e) {
      log.debug("a watch did not end", e);
    }
  }
}
