#include "gateway/mail/bounce_words.h"

#include <stdlib.h>
#include <string.h>

static const char *const subjects[] = {
  "undeliver",
  "un-deliver",
  "delivery status notification",
  "delivery failure",
  "delivery failed",
  "delivery report",
  "delivery notification",
  "failed delivery",
  "failure delivery",
  "mail delivery",
  "message delivery",
  "returned mail",
  "mail returned",
  "returned to sender",
  "returned email",
  "returned message",
  "return receipt failed",
  "failure notice",
  "failure notification",
  "non-delivery",
  "nondelivery",
  "non delivery",
  "non-deliverable",
  "nondeliverable",
  "not delivered",
  "could not be delivered",
  "cannot be delivered",
  "could not deliver",
  "unable to deliver",
  "delivery error",
  "mail system error",
  "mail error",
  "message status - undeliverable",
  "mail could not",
  "message could not",
  "email could not",
  "unknown user",
  "user unknown",
  "no such user",
  "mailbox full",
  "mailbox unavailable",
  "over quota",
  "quota exceeded",
  "message delayed",
  "delivery delayed",
  "delivery delay",
  "delayed mail",
  "still being retried",
  "mail not delivered",
  "mail undeliverable",
  "undeliverable",
  "unzustellbar",
  "nicht zugestellt",
  "nicht zustellbar",
  "zustellung fehlgeschlagen",
  "unzustellbarkeit",
  "fehler bei der zustellung",
  "non remis",
  "échec de la remise",
  "non distribué",
  "échec de remise",
  "notification d'état de remise",
  "no se puede entregar",
  "no entregado",
  "error de entrega",
  "entrega fallida",
  "não entregue",
  "falha na entrega",
  "mancato recapito",
  "mancata consegna",
  "non recapitabile",
  "onbestelbaar",
  "niet afgeleverd",
  "kan ikke leveres",
  "kunne ikke leveres",
  "olevererbart",
  "leveransfel",
  "nie dostarczono",
  "niedostarczona",
  "nedoručiteln",
  "недоставлен",
  "не доставлено",
  "не может быть доставлено",
  "配信不能",
  "配信できません",
  "エラーメール",
  "エラー通知",
  "退信",
  "无法投递",
  "系統退信",
  "반송",
  "warning: message",
  "rejected mail",
  "mail rejected",
  "message rejected",
  "error sending",
  "permanent delivery",
  "address rejected",
  "could not send message",
  "mail failed",
  "mail failure",
  "message undeliverable",
  "e-mail failure",
  "nachricht nicht",
  "invalid recipient",
  "postmaster notify",
  "blocked:",
  "unable to",
  "delivery has failed",
  "smtp error",
  "there was an error sending your mail",
  "problem delivering",
  "mail processing error",
  "error de correo",
  "not accepted",
  "notification de non",
  "bounced mail",
  "warning:could not send",
  "warning: could not send",
  "não é possível entregar",
  "não foi possível entregar",
  "no se pudo entregar",
  "notificación de estado de entrega",
  "notification d’état de",
  "zustellungsstatus",
  "notifica dello stato di recapito",
  "niedostarczaln",
  "går inte att leverera",
  "kunde inte levereras",
  "ei voida toimittaa",
  "toimittaminen epäonnistui",
  "kézbesíthetetlen",
  "kézbesítési hiba",
  "teslim edilemedi",
  "teslim edilemiyor",
  "не удается доставить",
  "не удалось доставить",
  "не вдалося доставити",
  "nelivrabil",
  "nu se poate livra",
  "αδύνατη η παράδοση",
  "nedoručen",
  "neisporučiv",
  "无法传递",
  "无法送达",
  "未送達",
  "傳遞失敗",
  "배달되지 않음",
  "배달할 수 없",
  "غير قابل للتسليم",
  "תעודת אי מסירה",
  "לא ניתן למסור",
};

static const char *const texts[] = {
  "could not be delivered",
  "cannot be delivered",
  "can't be delivered",
  "could not deliver",
  "unable to deliver",
  "was not delivered",
  "not be delivered",
  "were not delivered",
  "undeliverable",
  "undelivered",
  "delivery failed",
  "delivery to the following",
  "delivery has failed",
  "delivery failure",
  "failed to deliver",
  "permanent error",
  "permanent failure",
  "permanent fatal error",
  "permanently failed",
  "user unknown",
  "unknown user",
  "no such user",
  "mailbox unavailable",
  "mailbox is full",
  "mailbox full",
  "over quota",
  "quota exceeded",
  "returned to sender",
  "did not reach the following",
  "the following address",
  "recipient address rejected",
  "unknown address",
  "address unknown",
  "does not exist",
  "doesn't have a",
  "has been rejected",
  "was rejected",
  "was not accepted",
  "transcript of session",
  "host unknown",
  "nicht zugestellt werden",
  "konnte nicht zugestellt",
  "unzustellbar",
  "n'a pas pu être",
  "no se ha podido entregar",
  "no se pudo entregar",
  "non è stato possibile recapitare",
  "não pôde ser entregue",
  "has not been delivered",
  "not yet been delivered",
  "delivery temporarily",
  "still trying",
  "has been delayed",
  "this is a permanent",
  "giving up on it",
  "i wasn't able to deliver",
  "no mailbox here",
  "invalid recipient",
  "recipient unknown",
  "unrouteable",
  "account has been disabled",
  "account is disabled",
  "doesn't exist",
  "delivery error",
  "send failed",
  "delivery failures",
  "not exist",
  "unknown recipient",
  "message was blocked",
  "not delivered",
  "not a valid user",
  "isn't a valid",
  "invalid user address",
  "送信できませんでした",
  "配信できませんでした",
  "配信できません",
  "届けることができません",
  "送り届けることが",
  "无法投递",
  "无法送达",
  "無法傳遞",
  "не было доставлено",
  "не удалось доставить",
  "не доставлено",
  "nie mogła zostać dostarczona",
  "nelze doručit",
  "kunde inte levereras",
  "kunne ikke leveres",
  "kon niet worden afgeleverd",
  "konnte nicht übermittelt",
  "nicht ausgeliefert",
  "fehler bei der nachrichtenzustellung",
  "échec de la remise",
  "error al entregar",
  "recapito non è riuscito",
  "falha na entrega",
  "bezorging mislukt",
  "dostarczenie do następujących",
  "leverans misslyckades",
  "levering mislykkedes",
  "levering mislyktes",
  "doručení těmto příjemcům",
  "配信に失敗",
  "teslim edilemedi",
  "nem sikerült a kézbesítés",
  "toimitus epäonnistui",
  "не вдалося доставити",
  "livrarea nu a reușit",
  "传递失败",
  "配信不能",
  "remote server returned",
};

static const char *const delays[] = {
  "has been delayed",
  "delivery delayed",
  "message delayed",
  "not yet been delivered",
  "still being retried",
  "delivery temporarily",
  "will keep trying",
  "still trying",
  "will continue to be attempted",
  "you do not need to resend",
  "no need to resend",
  "message has not yet",
  "will be retried",
  "delayed mail (still being retried)",
  "delivery delay",
  "warning message only",
};

/* The first that is found counts: from the exact to the general. */
static const struct {
  const char *words;
  const char *status;
} meanings[] = {
  { "mailbox is full", "5.2.2" },
  { "mailbox full", "5.2.2" },
  { "over quota", "5.2.2" },
  { "overquota", "5.2.2" },
  { "over-quota", "5.2.2" },
  { "quota exceeded", "5.2.2" },
  { "quota usage exceeded", "5.2.2" },
  { "exceeded the quota", "5.2.2" },
  { "exceeded storage", "5.2.2" },
  { "exceeds its quota", "5.2.2" },
  { "exceed quota", "5.2.2" },
  { "quota is exceeded", "5.2.2" },
  { "insufficient disk space", "5.2.2" },
  { "not enough storage", "5.2.2" },
  { "exceeding his/her quota", "5.2.2" },
  { "message too large", "5.3.4" },
  { "message size exceeds", "5.3.4" },
  { "too large", "5.3.4" },
  { "size limit", "5.3.4" },
  { "too big", "5.3.4" },
  { "account has been disabled", "5.2.1" },
  { "account is disabled", "5.2.1" },
  { "mailbox disabled", "5.2.1" },
  { "mailbox inactive", "5.2.1" },
  { "account inactive", "5.2.1" },
  { "account is inactive", "5.2.1" },
  { "user unknown", "5.1.1" },
  { "unknown user", "5.1.1" },
  { "no such user", "5.1.1" },
  { "user not found", "5.1.1" },
  { "no such recipient", "5.1.1" },
  { "recipient unknown", "5.1.1" },
  { "unknown recipient", "5.1.1" },
  { "invalid recipient", "5.1.1" },
  { "invalid mailbox", "5.1.1" },
  { "no mailbox here", "5.1.1" },
  { "unknown local part", "5.1.1" },
  { "unknown local-part", "5.1.1" },
  { "doesn't have a", "5.1.1" },
  { "mailbox unavailable", "5.1.1" },
  { "mailbox not found", "5.1.1" },
  { "no such address", "5.1.1" },
  { "no such mailbox", "5.1.1" },
  { "not listed in", "5.1.1" },
  { "not a valid mailbox", "5.1.1" },
  { "user doesn't exist", "5.1.1" },
  { "user does not exist", "5.1.1" },
  { "address does not exist", "5.1.1" },
  { "addressee unknown", "5.1.1" },
  { "unknown or illegal alias", "5.1.1" },
  { "recipient address rejected", "5.1.1" },
  { "no such account", "5.1.1" },
  { "account that you tried to reach does not exist", "5.1.1" },
  { "not our customer", "5.1.1" },
  { "host unknown", "5.1.2" },
  { "unknown host", "5.1.2" },
  { "domain not found", "5.1.2" },
  { "host not found", "5.1.2" },
  { "name service error", "5.1.2" },
  { "unrouteable", "5.1.2" },
  { "unroutable", "5.1.2" },
  { "couldn't find any host", "5.1.2" },
  { "no mx", "5.1.2" },
  { "bad destination", "5.1.2" },
  { "relay access denied", "5.7.1" },
  { "relaying denied", "5.7.1" },
  { "relay not permitted", "5.7.1" },
  { "not permitted to relay", "5.7.1" },
  { "blacklist", "5.7.1" },
  { "blocklist", "5.7.1" },
  { "spam", "5.7.1" },
  { "virus", "5.7.1" },
  { "blocked", "5.7.1" },
  { "access denied", "5.7.1" },
  { "policy", "5.7.1" },
  { "too many hops", "5.4.6" },
  { "mail loop", "5.4.6" },
  { "loops back", "5.4.6" },
  { "message expired", "4.4.7" },
  { "retry timeout exceeded", "4.4.7" },
  { "delivery time expired", "4.4.7" },
  { "timed out", "4.4.1" },
  { "connection refused", "4.4.1" },
  { "no route to host", "4.4.1" },
};

static gboolean
any_of (const char *text, const char *const *list, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    if (strstr (text, list[i]) != NULL)
      return TRUE;
  }
  return FALSE;
}

gboolean
pn_bounce_is_subject (const char *subject)
{
  g_autofree char *lower = g_utf8_strdown (subject, -1);

  return any_of (lower, subjects, G_N_ELEMENTS (subjects));
}

gboolean
pn_bounce_is_text (const char *text)
{
  return any_of (text, texts, G_N_ELEMENTS (texts));
}

gboolean
pn_bounce_is_delay (const char *text)
{
  return any_of (text, delays, G_N_ELEMENTS (delays));
}

const char *
pn_bounce_status_of_words (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (meanings); i++) {
    if (strstr (text, meanings[i].words) != NULL)
      return meanings[i].status;
  }
  return NULL;
}

/* Reads "5.1.1" at @c; part of a longer number ("5.1.1.7", "15.1.1") it is none. Returns: its size, or 0. */
static gsize
status_size (const char *text, const char *c)
{
  gsize n;

  if (*c != '4' && *c != '5' && *c != '2')
    return 0;
  if (c > text && (g_ascii_isalnum (c[-1]) || c[-1] == '.' || c[-1] == '@'))
    return 0;
  if (c[1] != '.')
    return 0;
  n = strspn (c + 2, "0123456789");
  if (n == 0 || n > 3 || c[2 + n] != '.')
    return 0;
  gsize m = strspn (c + 3 + n, "0123456789");
  gsize size = 3 + n + m;
  if (m == 0 || m > 3 || g_ascii_isalnum (c[size])
      || (c[size] == '.' && g_ascii_isalnum (c[size + 1])) || c[size] == '@'
      || (c[size] == '-' && g_ascii_isalnum (c[size + 1])))
    return 0;
  return size;
}

char *
pn_bounce_find_status (const char *text)
{
  const char *best = NULL;
  gsize best_size = 0;
  int best_rank = G_MININT;

  for (const char *c = strpbrk (text, "245"); c != NULL; c = strpbrk (c + 1, "245")) {
    gsize size = status_size (text, c);
    int rank;

    if (size == 0)
      continue;
    rank = strncmp (c + 1, ".0.0", 4) == 0 && size == 5 ? 0
           : strncmp (c + 1, ".0.", 3) == 0             ? 1
                                                        : 2;
    rank += *c == '2' ? -3 : 0;
    if (rank > best_rank) {
      best = c;
      best_size = size;
      best_rank = rank;
    }
  }
  return best != NULL ? g_strndup (best, best_size) : NULL;
}

int
pn_bounce_find_reply_code (const char *text)
{
  for (const char *c = strpbrk (text, "45"); c != NULL; c = strpbrk (c + 1, "45")) {
    gboolean starts = c == text || strchr (" \n\t:(<>[=\"'-#", c[-1]) != NULL;

    if (starts && c[1] >= '0' && c[1] <= '5' && g_ascii_isdigit (c[2])
        && strchr (" -:\n\t,)", c[3]) != NULL && c[3] != '\0')
      return atoi (c);
  }
  return 0;
}
