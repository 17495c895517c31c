package dev.holdfast.access;

import java.util.Optional;

/**
 * The kinds of audit events. A code ends with its gravity: I for what is usual, W for what somebody
 * was refused.
 */
public enum AuditCode {
  LOGIN("T1000I", "user.login"),
  LOGIN_REFUSED("T1000W", "user.login"),
  CERTIFICATE_ISSUED("T1001I", "cert.create"),
  CERTIFICATE_REFUSED("T1001W", "cert.create"),
  USER_SET("T1002I", "user.set"),
  USER_REMOVED("T1003I", "user.remove"),
  ROLE_SET("T1004I", "role.set"),
  ROLE_REMOVED("T1005I", "role.remove"),
  LIMIT_REACHED("T1006W", "sessctl.limit"),
  TOKEN_MADE("T1007I", "token.create"),
  TOKEN_REMOVED("T1008I", "token.remove"),
  JOINED("T1009I", "machine.join"),
  JOIN_REFUSED("T1009W", "machine.join"),
  MACHINE_REMOVED("T1010I", "machine.remove"),
  LOCK_SET("T1011I", "lock.set"),
  LOCK_REMOVED("T1012I", "lock.remove"),
  AUTHORITY_CHANGED("T1013I", "authority.change"),
  SECOND_FACTOR_SET("T1014I", "second_factor.set"),
  CALL_REFUSED("T1015W", "api.refused"),
  LEASE_EXPIRED("T1016I", "lease.expire"),
  LEASE_REMOVED("T1017I", "lease.remove"),
  LEASES_DROPPED("T1018I", "lease.drop"),
  LEASE_LOST("T1019W", "lease.lost"),
  TICKET_KEY_CHANGED("T1020I", "ticket_key.change"),
  TICKET_KEY_HANDED("T1021I", "ticket_key.hand"),
  CONNECTED("T2000I", "connection.start"),
  CONNECTION_REFUSED("T2000W", "connection.rejected"),
  DISCONNECTED("T2001I", "connection.end"),
  SESSION_STARTED("T2002I", "session.start"),
  SESSION_ENDED("T2003I", "session.end"),
  SESSION_LOST("T2003W", "session.end"),
  SESSION_REJECTED("T2004W", "session.rejected"),
  STREAM_RESUMED("T2005I", "stream.resume"),
  STREAM_DETACHED("T2006I", "stream.detach"),
  TICKET_ISSUED("T2007I", "ticket.create"),
  TICKET_REFUSED("T2007W", "ticket.rejected"),

  SESSION_RESIZED("T2010I", "session.resize"),
  SESSION_JOINED("T2011I", "session.join"),
  SESSION_LEFT("T2012I", "session.leave"),
  COMMAND_ENDED("T2013I", "exec"),
  COPY_STARTED("T2014I", "scp"),
  SESSION_KILLED("T2015I", "session.kill"),
  FILE_OPENED("T2020I", "sftp.open"),
  FILE_REMOVED("T2021I", "sftp.remove"),
  FILE_RENAMED("T2022I", "sftp.rename"),
  FILE_LINKED("T2023I", "sftp.link"),
  FILE_CHANGED("T2024I", "sftp.setstat"),
  DIRECTORY_LISTED("T2025I", "sftp.readdir"),
  DIRECTORY_MADE("T2026I", "sftp.mkdir"),
  DIRECTORY_REMOVED("T2027I", "sftp.rmdir"),
  FILES_UNSEEN("T2028W", "sftp.unseen"),
  FORWARDED("T2030I", "forward.open"),
  FORWARD_REFUSED("T2030W", "forward.open"),
  LISTENING("T2031I", "forward.listen"),
  LISTEN_REFUSED("T2031W", "forward.listen"),
  AGENT_FORWARDED("T2032I", "agent.forward"),
  DISPLAY_FORWARDED("T2033I", "x11.forward"),

  RECORDING_STARTED("T3000I", "recording.start"),
  RECORDING_COMPLETED("T3001I", "recording.complete"),
  RECORDING_CUT("T3001W", "recording.complete"),
  RECORDING_READ("T3002I", "recording.access"),
  RECORDING_DELETED("T3003I", "recording.delete"),
  RECORDING_HELD("T3004I", "recording.hold"),
  RECORDING_RELEASED("T3005I", "recording.release"),
  EVENTS_LOST("T3006W", "audit.lost"),

  /** What a machine of a newer version tells and this one does not know. */
  OTHER("T9000I", "other");

  private final String code;
  private final String event;

  AuditCode(String code, String event) {
    this.code = code;
    this.event = event;
  }

  public String code() {
    return code;
  }

  /** The name of the event, in the words of others that audit SSH. */
  public String event() {
    return event;
  }

  /** The kind with that code. */
  public static Optional<AuditCode> of(String code) {
    for (AuditCode one : values()) {
      if (one.code.equals(code)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }
}
