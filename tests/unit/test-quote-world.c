#include "gateway/mail/quote.h"

#include <string.h>

#include "tests/lib/test.h"

#define ANSWER "Thanks, that solved it.\nPlease close the ticket."
#define QUOTE "Hello Jane,\n\nwe have looked at your printer.\n\nKind regards\nSupport Desk\n"
#define MARKED                                                                                     \
  "> Hello Jane,\n>\n> we have looked at your printer.\n>\n> Kind regards\n> Support Desk\n"

/* What mail programs write above a mail that they quote as it is. */
static const char
    *const
        blocks
            [] = {
              "From: Support Desk <support@demo.example>\nSent: Monday, March 3, 2025 10:12 AM\nTo: Jane Roe <jane@customer.example>\nSubject: RE: [#4711] Printer",
              "Von: Support Desk <support@demo.example>\nGesendet: Montag, 3. März 2025 10:12\nAn: Jane Roe <jane@customer.example>\nBetreff: AW: [#4711] Drucker",
              "De : Support Desk <support@demo.example>\nEnvoyé : lundi 3 mars 2025 10:12\nÀ : Jane Roe <jane@customer.example>\nObjet : RE: [#4711] Imprimante",
              "De: Support Desk <support@demo.example>\nEnviado el: lunes, 3 de marzo de 2025 10:12\nPara: Jane Roe <jane@customer.example>\nAsunto: RE: [#4711] Impresora",
              "Da: Support Desk <support@demo.example>\nInviato: lunedì 3 marzo 2025 10:12\nA: Jane Roe <jane@customer.example>\nOggetto: R: [#4711] Stampante",
              "De: Support Desk <support@demo.example>\nEnviada: 3 de março de 2025 10:12\nPara: Jane Roe <jane@customer.example>\nAssunto: RE: [#4711] Impressora",
              "Van: Support Desk <support@demo.example>\nVerzonden: maandag 3 maart 2025 10:12\nAan: Jane Roe <jane@customer.example>\nOnderwerp: RE: [#4711] Printer",
              "Od: Support Desk <support@demo.example>\nWysłane: poniedziałek, 3 marca 2025 10:12\nDo: Jane Roe <jane@customer.example>\nTemat: ODP: [#4711] Drukarka",
              "От: Support Desk <support@demo.example>\nОтправлено: 3 марта 2025 г. 10:12\nКому: Jane Roe <jane@customer.example>\nТема: RE: [#4711] Принтер",
              "Från: Support Desk <support@demo.example>\nSkickat: den 3 mars 2025 10:12\nTill: Jane Roe <jane@customer.example>\nÄmne: SV: [#4711] Skrivare",
              "Fra: Support Desk <support@demo.example>\nSendt: 3. marts 2025 10:12\nTil: Jane Roe <jane@customer.example>\nEmne: SV: [#4711] Printer",
              "Lähettäjä: Support Desk <support@demo.example>\nLähetetty: maanantai 3. maaliskuuta 2025 10.12\nVastaanottaja: Jane Roe <jane@customer.example>\nAihe: VS: [#4711] Tulostin",
              "Od: Support Desk <support@demo.example>\nOdesláno: pondělí 3. března 2025 10:12\nKomu: Jane Roe <jane@customer.example>\nPředmět: RE: [#4711] Tiskárna",
              "Feladó: Support Desk <support@demo.example>\nElküldve: 2025. március 3., hétfő 10:12\nCímzett: Jane Roe <jane@customer.example>\nTárgy: RE: [#4711] Nyomtató",
              "Gönderen: Support Desk <support@demo.example>\nGönderildi: 3 Mart 2025 Pazartesi 10:12\nKime: Jane Roe <jane@customer.example>\nKonu: YNT: [#4711] Yazıcı",
              "Kimden: Support Desk <support@demo.example>\nGönderme Tarihi: 3 Mart 2025 Pazartesi 10:12\nAlıcı: Jane Roe <jane@customer.example>\nKonu: Ynt: [#4711] Yazıcı",
              "差出人: Support Desk <support@demo.example>\n送信日時: 2025年3月3日 10:12\n宛先: Jane Roe <jane@customer.example>\n件名: RE: [#4711] プリンター",
              "发件人: Support Desk <support@demo.example>\n发送时间: 2025年3月3日 10:12\n收件人: Jane Roe <jane@customer.example>\n主题: 回复: [#4711] 打印机",
              "寄件者： Support Desk <support@demo.example>\n寄件日期： 2025年3月3日 上午 10:12\n收件者： Jane Roe <jane@customer.example>\n主旨： RE: [#4711] 印表機",
              "보낸 사람: Support Desk <support@demo.example>\n보낸 시간: 2025년 3월 3일 월요일 오전 10:12\n받는 사람: Jane Roe <jane@customer.example>\n제목: RE: [#4711] 프린터",
              "من: Support Desk <support@demo.example>\nتم الإرسال: الاثنين, 3 مارس, 2025 10:12 ص\nإلى: Jane Roe <jane@customer.example>\nالموضوع: RE: [#4711] طابعة",
              "מאת: Support Desk <support@demo.example>\nנשלח: יום שני 03 מרץ 2025 10:12\nאל: Jane Roe <jane@customer.example>\nנושא: RE: [#4711] מדפסת",
              "Від: Support Desk <support@demo.example>\nНадіслано: 3 березня 2025 р. 10:12\nКому: Jane Roe <jane@customer.example>\nТема: RE: [#4711] Принтер",
              "Από: Support Desk <support@demo.example>\nΣτάλθηκε: Δευτέρα, 3 Μαρτίου 2025 10:12\nΠρος: Jane Roe <jane@customer.example>\nΘέμα: RE: [#4711] Εκτυπωτής",
              "De la: Support Desk <support@demo.example>\nTrimis: luni, 3 martie 2025 10:12\nCătre: Jane Roe <jane@customer.example>\nSubiect: RE: [#4711] Imprimantă",
              "Od: Support Desk <support@demo.example>\nOdoslané: pondelok 3. marca 2025 10:12\nKomu: Jane Roe <jane@customer.example>\nPredmet: RE: [#4711] Tlačiareň",
              "Fra: Support Desk <support@demo.example>\nSendt: mandag 3. mars 2025 10:12\nTil: Jane Roe <jane@customer.example>\nEmne: SV: [#4711] Skriver",
              "De: Support Desk <support@demo.example>\nEnviat el: dilluns, 3 de març de 2025 10:12\nPer a: Jane Roe <jane@customer.example>\nTema: RE: [#4711] Impressora",
              "Od: Support Desk <support@demo.example>\nPoslano: ponedjeljak, 3. ožujka 2025. 10:12\nPrima: Jane Roe <jane@customer.example>\nPredmet: RE: [#4711] Pisač",
              "От: Support Desk <support@demo.example>\nИзпратено: понеделник, 3 март 2025 г. 10:12\nДо: Jane Roe <jane@customer.example>\nОтносно: RE: [#4711] Принтер",
              "From: Support Desk <support@demo.example>\nDate: Monday, 3 March 2025 at 10:12\nTo: Jane Roe <jane@customer.example>\nCc: Boss <boss@customer.example>\nSubject: Re: [#4711] Printer",
              "Avsendari: Support Desk <support@demo.example>\nSendt til: 3. mars 2025 10:12\nMóttakari: Jane Roe <jane@customer.example>\nEvni: Re: [#4711] Prentari",
              "From: Helpdesk [mailto:help@demo.example]\nSent: 04 March 2025 09:01\nTo: 'Peter'\nSubject: RE: x",
              "From: Helpdesk via Demo\nSent: Tuesday, March 4, 2025 9:01 AM\nTo: Peter Pan\nCc: Other One\nSubject: [EXT] RE: x",
              "Von: Helpdesk Demo\nDatum: Dienstag, 4. März 2025 um 09:01\nAn: Peter Pan\nBetreff: Re: x",
              "*From:* Helpdesk <help@demo.example>\n*Sent:* 04 March 2025 09:01\n*To:* Peter <p@c.example>\n*Subject:* RE: x",
              "De : Helpdesk <help@demo.example>\nDate : mardi, 4 mars 2025 à 09:01\nÀ : Peter <p@c.example>\nObjet : Re: x",
              "De: Helpdesk\nDate: mar. 4 mars 2025 à 09:01\nSubject: Re: x\nTo: Peter",
              "Da: Helpdesk <help@demo.example>\nData: martedì, 4 marzo 2025 09:01\nA: Peter\nOggetto: Re: x",
              "Dari: Helpdesk <help@demo.example>\nDikirim: Selasa, 04 Maret 2025 09:01\nKepada: Peter\nPerihal: RE: x",
              "Saatja: Helpdesk <help@demo.example>\nSaadetud: teisipäev, 4. märts 2025 09:01\nAdressaat: Peter\nTeema: RE: x",
              "Siuntėjas: Helpdesk <help@demo.example>\nIšsiųsta: 2025 m. kovo 4 d. 09:01\nKam: Peter\nTema: RE: x",
              "Från: Helpdesk <help@demo.example>\nDatum: tisdag, 4 mars 2025 09:01\nTill: Peter\nÄmne: Re: x",
              "Afsender: Helpdesk <help@demo.example>\nDato: 4. marts 2025 09:01\nModtager: Peter\nEmne: Re: x",
              "Nadawca: Helpdesk <help@demo.example>\nData: wtorek, 4 marca 2025 09:01\nAdresat: Peter\nTemat: Re: x",
              "差出人: Helpdesk <help@demo.example>\n日付: 2025年3月4日 火曜日 9:01\n宛先: Peter\n件名: Re: x",
              "보낸사람: Helpdesk <help@demo.example>\n보낸날짜: 2025년 3월 4일 09:01\n받는사람: Peter\n제목: Re: x",
              "-----Mensagem original-----\nDe: Helpdesk\nEnviada em: terça-feira, 4 de março de 2025 09:01\nPara: Peter\nAssunto: RE: x",
              "-----Messaggio originale-----\nDa: Helpdesk\nInviato: martedì 4 marzo 2025 09:01\nA: Peter\nOggetto: R: x",
              "-----Oprindelig meddelelse-----\nFra: Helpdesk\nSendt: 4. marts 2025 09:01",
              "-------- Message d'origine --------De : Helpdesk <help@demo.example> Date : 04/03/2025 09:01 (GMT+01:00) À : p@c.example Objet : Re: x",
              "-------- Oryginalna wiadomość --------Od: Helpdesk <help@demo.example> Data: 04.03.2025 09:01 (GMT+01:00) Do: p@c.example Temat: Re: x",
              "________________________________________\nFrom: Helpdesk\nSent: Tuesday, 4 March 2025 9:01 AM\nTo: Peter\nSubject: RE: x",
              "________________________________\nVan: Helpdesk <help@demo.example>\nVerzonden: dinsdag 4 maart 2025 09:01\nAan: Peter\nOnderwerp: Re: x",
              "##- Bitte geben Sie Ihre Antwort über dieser Zeile ein. -##",
              "-----Ursprungligt meddelande-----\nFrån: Helpdesk\nSkickat: den 4 mars 2025 09:01",
              "From: \"Helpdesk\" <help@demo.example>\nTo: \"Peter\" <p@c.example>\nSent: Tuesday, March 4, 2025 9:01:11 AM\nSubject: Re: x",
              "-------- Original message --------From: Support Desk <support@demo.example> Date: 03/03/2025  10:12  (GMT+01:00) To: jane@customer.example Subject: Re: [#4711] Printer ",
              "-------- Ursprüngliche Nachricht --------Von: Support Desk <support@demo.example> Datum: 03.03.25  10:12  (GMT+01:00) An: jane@customer.example Betreff: Re: [#4711] Drucker ",
              "Gesendet: Montag, 03. März 2025 um 10:12 Uhr\nVon: \"Support Desk\" <support@demo.example>\nAn: jane@customer.example\nBetreff: Re: [#4711] Drucker",
              "Gesendet:\xC2\xA0"
              "Montag, 03. März 2025 um 10:12 Uhr\nVon:\xC2\xA0"
              "Support Desk <support@demo.example>\nAn:\xC2\xA0"
              "jane@customer.example\nBetreff:\xC2\xA0"
              "Re: [#4711] Drucker",
              "From:   Support Desk <support@demo.example>\nTo:     jane@customer.example\nDate:   03/03/2025 10:12\nSubject:        Re: [#4711] Printer",
              "Von:    Support Desk <support@demo.example>\nAn:     jane@customer.example\nKopie:  boss@customer.example\nDatum:  03.03.2025 10:12\nBetreff:        Re: [#4711] Drucker",
              "-----Original Message-----\nFrom: \"Support Desk\"<support@demo.example>\nTo: \"Jane\"<jane@customer.example>;\nCc:\nSent: 2025-03-03 (월) 10:12:31 (GMT+09:00)\nSubject: Re: [#4711]",
              "------------------ 原始邮件 ------------------\n发件人: \"Support Desk\" <support@demo.example>;\n发送时间: 2025年3月3日(星期一) 上午10:12\n收件人: \"Jane\"<jane@customer.example>;\n主题: Re: [#4711]",
              "发件人： Support Desk\n发送时间： 2025-03-03 10:12\n收件人： jane\n主题： Re: [#4711]",
              "----- Mail original -----\nDe: \"Support Desk\" <support@demo.example>\nÀ: \"Jane Roe\" <jane@customer.example>\nEnvoyé: Lundi 3 Mars 2025 10:12:31\nObjet: Re: [#4711]",
              "Von: \"Support Desk\" <support@demo.example>\nAn: \"Jane Roe\" <jane@customer.example>\nGesendet: Montag, 3. März 2025 10:12:31\nBetreff: Re: [#4711]",
              "-----Original Message-----\nFrom: Support Desk <support@demo.example>\nTo: jane@customer.example\nSent: Mon, Mar 3, 2025 10:12 am\nSubject: Re: [#4711]",
            };

/* Attributions above quoted lines; those with TRUE above unmarked ones too. */
static const struct {
  const char *line;
  gboolean is_plain;
} attributions[] = {
  { "On Mon, Mar 3, 2025 at 10:12\xE2\x80\xAF"
    "AM Support Desk <support@demo.example> wrote:",
    TRUE },
  { "On Mon, Mar 3, 2025 at 10:12\xE2\x80\xAF"
    "AM Support Desk with a very long name of theirs <\nsupport@demo.example> wrote:",
    FALSE },
  { "Am Mo., 3. März 2025 um 10:12\xC2\xA0"
    "Uhr schrieb Support Desk <\nsupport@demo.example>:",
    TRUE },
  { "Le lun. 3 mars 2025 à 10:12, Support Desk <support@demo.example> a\nécrit :", TRUE },
  { "El lun, 3 mar 2025 a la(s) 10:12\xE2\x80\xAF"
    "a.m., Support Desk (support@demo.example)\nescribió:",
    TRUE },
  { "Il giorno lun 3 mar 2025 alle ore 10:12 Support Desk <\nsupport@demo.example> ha scritto:",
    FALSE },
  { "Em seg., 3 de mar. de 2025 às 10:12, Support Desk <\nsupport@demo.example> escreveu:", FALSE },
  { "Op ma 3 mrt 2025 om 10:12 schreef Support Desk <support@demo.example>:", FALSE },
  { "pon., 3 mar 2025 o 10:12 Support Desk <support@demo.example> napisał(a):", FALSE },
  { "пн, 3 мар. 2025 г. в 10:12, Support Desk <support@demo.example>:", FALSE },
  { "Den mån 3 mars 2025 kl 10:12 skrev Support Desk <support@demo.example>:", FALSE },
  { "Den man. 3. mar. 2025 kl. 10.12 skrev Support Desk <\nsupport@demo.example>:", FALSE },
  { "man. 3. mars 2025 kl. 10:12 skrev Support Desk <support@demo.example>:", FALSE },
  { "ma 3. maalisk. 2025 klo 10.12 Support Desk (support@demo.example) kirjoitti:", FALSE },
  { "po 3. 3. 2025 v 10:12 odesílatel Support Desk <support@demo.example>\nnapsal:", TRUE },
  { "Support Desk <support@demo.example> ezt írta (időpont: 2025. márc. 3., H,\n10:12):", TRUE },
  { "Support Desk <support@demo.example>, 3 Mar 2025 Pzt, 10:12 tarihinde şunu\nyazdı:", TRUE },
  { "2025年3月3日(月) 10:12 Support Desk <support@demo.example>:", TRUE },
  { "Support Desk <support@demo.example> 于2025年3月3日周一 10:12写道：", FALSE },
  { "Support Desk <support@demo.example> 於 2025年3月3日 週一 上午10:12寫道：", TRUE },
  { "2025년 3월 3일 (월) 오전 10:12, Support Desk <support@demo.example>님이 작성:", TRUE },
  { "في الاثنين، 3 مارس 2025 في 10:12 ص تمت كتابة ما يلي بواسطة \xE2\x80\xAA"
    "Support Desk\xE2\x80\xAC"
    "\xE2\x80\x8F"
    " <\xE2\x80\xAA"
    "support@demo.example\xE2\x80\xAC"
    "\xE2\x80\x8F"
    ">:",
    TRUE },
  { "\xE2\x80\x8F"
    "בתאריך יום ב׳, 3 במרץ 2025 ב-10:12 מאת \xE2\x80\xAA"
    "Support Desk\xE2\x80\xAC"
    "\xE2\x80\x8F"
    " <\xE2\x80\xAA"
    "support@demo.example\xE2\x80\xAC"
    "\xE2\x80\x8F"
    ">:\xE2\x80\x8F"
    "",
    TRUE },
  { "пн, 3 бер. 2025 р. о 10:12 Support Desk <support@demo.example> пише:", FALSE },
  { "Στις Δευ 3 Μαρ 2025 στις 10:12 π.μ., ο χρήστης Support Desk <\nsupport@demo.example> έγραψε:",
    FALSE },
  { "În lun., 3 mar. 2025 la 10:12, Support Desk <support@demo.example> a\nscris:", FALSE },
  { "Vào Th 2, 3 thg 3, 2025 vào lúc 10:12 Support Desk <support@demo.example>\nđã viết:", FALSE },
  { "Pada tanggal Sen, 3 Mar 2025 pukul 10.12 Support Desk <\nsupport@demo.example> menulis:",
    FALSE },
  { "Missatge de Support Desk <support@demo.example> del dia dl., 3 de març\n2025 a les 10:12:",
    TRUE },
  { "На пн, 3.03.2025 г. в 10:12 Support Desk <support@demo.example> написа:", TRUE },
  { "در تاریخ دوشنبه ۳ مارس ۲۰۲۵،\xE2\x80\x8F"
    " ۱۰:۱۲ Support Desk <support@demo.example> نوشت:",
    TRUE },
  { "ในวันที่ จ. 3 มี.ค. 2025 เวลา 10:12 Support Desk <support@demo.example>\nเขียนว่า:", FALSE },
  { "सोम, 3 मार्च 2025 को 10:12 पर Support Desk <support@demo.example> ने लिखा:", TRUE },
  { "po 3. 3. 2025 o 10:12 Support Desk <support@demo.example> napísal(a):", FALSE },
  { "pon, 3. ožu 2025. u 10:12 Support Desk <support@demo.example> napisao je:", TRUE },
  { "2025-03-03, pr, 10:12 Support Desk <support@demo.example> rašė:", FALSE },
  { "> On 3 Mar 2025, at 10:12, Support Desk <support@demo.example> wrote:", FALSE },
  { "On Mar 3, 2025, at 10:12\xE2\x80\xAF"
    "AM, Support Desk <support@demo.example> wrote:",
    FALSE },
  { "Am 03.03.2025 um 10:12 schrieb Support Desk <support@demo.example>:", FALSE },
  { "Le 3 mars 2025 à 10:12, Support Desk <support@demo.example> a écrit\xC2\xA0"
    ":",
    FALSE },
  { "El 3 mar 2025, a las 10:12, Support Desk <support@demo.example> escribió:", FALSE },
  { "Il giorno 3 mar 2025, alle ore 10:12, Support Desk <support@demo.example> ha scritto:",
    FALSE },
  { "Op 3 mrt 2025, om 10:12 heeft Support Desk <support@demo.example> het volgende geschreven:",
    FALSE },
  { "2025/03/03 10:12、Support Desk <support@demo.example>のメール:", FALSE },
  { "在 2025年3月3日，10:12，Support Desk <support@demo.example> 写道：", FALSE },
  { "2025. 3. 3. 오전 10:12, Support Desk <support@demo.example> 작성:", FALSE },
  { "Support Desk <support@demo.example> şunları yazdı (3 Mar 2025 10:12):", TRUE },
  { "Support Desk <support@demo.example> írta (2025. márc. 3. dátummal, 10:12 időpontban):", TRUE },
  { "Wiadomość napisana przez Support Desk <support@demo.example> w dniu 3 mar 2025, o godz. 10:12:",
    TRUE },
  { "3. 3. 2025 v 10:12, Support Desk <support@demo.example>:", FALSE },
  { "3 марта 2025 г., в 10:12, Support Desk <support@demo.example> написал(а):", FALSE },
  { "Support Desk <support@demo.example> kirjoitti 3.3.2025 kello 10.12:", FALSE },
  { "No dia 03/03/2025, às 10:12, Support Desk <support@demo.example> escreveu:", FALSE },
  { "في ٣ مارس ٢٠٢٥، الساعة ١٠:١٢ ص، كتب Support Desk <support@demo.example>:", FALSE },
  { "ב-3 במרץ 2025, בשעה 10:12, Support Desk <support@demo.example> כתב/ה:", TRUE },
  { "On 3/3/25 10:12, Support Desk wrote:", FALSE },
  { "Am 03.03.25 um 10:12 schrieb Support Desk:", FALSE },
  { "Le 03/03/2025 à 10:12, Support Desk a écrit :", FALSE },
  { "Il 03/03/25 10:12, Support Desk ha scritto:", FALSE },
  { "Den 2025-03-03 kl. 10:12, skrev Support Desk:", FALSE },
  { "W dniu 3.03.2025 o 10:12, Support Desk pisze:", FALSE },
  { "Support Desk kirjoitti 3.3.2025 klo 10.12:", TRUE },
  { "On 2025/03/03 10:12, Support Desk wrote:", FALSE },
  { "Dne 03. 03. 25 v 10:12 Support Desk napsal(a):", FALSE },
  { "2025. 03. 03. 10:12 keltezéssel, Support Desk írta:", FALSE },
  { "3.03.2025 10:12 tarihinde Support Desk yazdı:", FALSE },
  { "    On Monday, March 3, 2025 at 10:12:31 AM EST, Support Desk <support@demo.example> wrote:",
    FALSE },
  { "    Am Montag, 3. März 2025 um 10:12:31 MEZ hat Support Desk <support@demo.example> Folgendes geschrieben:",
    TRUE },
  { "    El lunes, 3 de marzo de 2025, 10:12:31 CET, Support Desk <support@demo.example> escribió:",
    FALSE },
  { "On Monday, March 3rd, 2025 at 10:12 AM, Support Desk <support@demo.example> wrote:", FALSE },
  { "Support Desk <support@demo.example> schrieb am Montag, 3. März 2025 um 10:12:", TRUE },
  { "---- On Mon, 03 Mar 2025 10:12:31 +0100 Support Desk <support@demo.example> wrote ----",
    TRUE },
  { " ---- On Mon, 03 Mar 2025 10:12:31 +0100  <support@demo.example> wrote --- ", TRUE },
  { "---- Am Mo., 03 März 2025 10:12:31 +0100 Support Desk <support@demo.example> schrieb ----",
    TRUE },
  { "Понедельник, 3 марта 2025, 10:12 +03:00 от Support Desk <support@demo.example>:", TRUE },
  { "03.03.2025, 10:12, \"Support Desk\" <support@demo.example>:", FALSE },
  { "On 3 Mar 2025 at 10:12 +0100, Support Desk <support@demo.example>, wrote:", TRUE },
  { "On 2025-03-03 10:12, Support Desk wrote:", FALSE },
  { "Am 03.03.2025 10:12, schrieb Support Desk:", TRUE },
  { "Am 2025-03-03 10:12, schrieb support@demo.example:", FALSE },
  { "在 2025-03-03 10:12:31，\"Support Desk\" <support@demo.example> 写道：", TRUE },
  { "At 2025-03-03 10:12:31, \"Support Desk\" <support@demo.example> wrote:", FALSE },
  { "> Message du 03/03/25 10:12\n> De : \"Support Desk\" <support@demo.example>\n> A : jane@customer.example\n> Copie à : \n> Objet : Re: [#4711]\n>",
    FALSE },
  { "Support Desk wrote on 3 March 2025 at 10:12:", FALSE },
  { "On Mon, Mar 03, 2025 at 10:12:31AM +0100, Support Desk wrote:", FALSE },
  { "Support Desk <support@demo.example> writes:", FALSE },
  { "On Mon, 2025-03-03 at 10:12 +0100, Support Desk wrote:", FALSE },
  { "Am Montag, dem 03.03.2025 um 10:12 +0100 schrieb Support Desk:", FALSE },
  { "On Monday, 3 March 2025 10:12:31 CET Support Desk wrote:", FALSE },
  { "Am Montag, 3. März 2025, 10:12:31 MEZ schrieb Support Desk:", TRUE },
  { "On Mon, 3 Mar 2025, at 10:12, Support Desk wrote:", FALSE },
  { "Support Desk <support@demo.example> wrote:", FALSE },
  { "Support Desk <support@demo.example> hat geschrieben:", FALSE },
  { "On Monday, 3 March 2025,\nSupport Desk\n<support@demo.example>\nwrote:", TRUE },
  { "On Tue, 4 Mar 2025, 09:01 Helpdesk, <help@demo.example> wrote:", TRUE },
  { "On Tue, Mar 4, 2025 at 9:01\xE2\x80\xAF"
    "AM 'Helpdesk' via Support\n<help@demo.example> wrote:",
    TRUE },
  { "Am Di., 4. März 2025 um 09:01 Uhr schrieb Helpdesk Demo GmbH & Co. KG <help@demo.example\n>:",
    TRUE },
  { "Le mar. 4 mars 2025, 09:01, Helpdesk <help@demo.example> a écrit :", TRUE },
  { "El mar, 4 mar 2025 a las 9:01, Helpdesk (<help@demo.example>) escribió:", TRUE },
  { "Em ter., 4 de mar. de 2025 09:01, Helpdesk <help@demo.example> escreveu:", TRUE },
  { "wt., 4 mar 2025, 09:01 użytkownik Helpdesk <help@demo.example> napisał:", TRUE },
  { "вт, 4 мар. 2025 г., 09:01 Helpdesk <help@demo.example>:", TRUE },
  { "tir. 4. mar. 2025 kl. 09.01 skrev Helpdesk <help@demo.example>:", TRUE },
  { "út 4. 3. 2025 v 9:01 odesílatel Helpdesk <help@demo.example> napsal:", TRUE },
  { "2025. márc. 4., K 9:01 Helpdesk <help@demo.example> ezt írta:", TRUE },
  { "4 Mar 2025 Sal 09:01 tarihinde Helpdesk <help@demo.example> şunu yazdı:", TRUE },
  { "2025年3月4日(火) 9:01 Helpdesk <help@demo.example>:", TRUE },
  { "Helpdesk <help@demo.example> 於 2025年3月4日 週二 上午9:01 寫道：", TRUE },
  { "2025年3月4日 09:01，Helpdesk <help@demo.example> 写道：", TRUE },
  { "2025년 3월 4일 오전 9:01, Helpdesk <help@demo.example>님이 작성:", TRUE },
  { "On 04.03.2025 09:01, help@demo.example wrote:", FALSE },
  { "On 4 Mar 2025, at 9:01 am, Helpdesk via Demo <help@demo.example> wrote:", TRUE },
  { "Op di 4 mrt. 2025 om 09:01 schreef Helpdesk <help@demo.example>", FALSE },
  { "Den 04.03.2025 09:01, skrev Helpdesk:", TRUE },
  { "Dana uto, 4. ožu 2025. u 09:01 Helpdesk <help@demo.example> je napisao/la:", TRUE },
  { "Dňa ut 4. 3. 2025 o 9:01 Helpdesk <help@demo.example> napísal(a):", TRUE },
  { "Dne tor., 4. mar. 2025 ob 09:01 je Helpdesk <help@demo.example> napisal/-a:", TRUE },
  { "El dt., 4 de març 2025 a les 9:01, Helpdesk (<help@demo.example>) va escriure:", TRUE },
  { "Kuupäeval 4. märts 2025 09:01 kirjutas Helpdesk <help@demo.example>:", TRUE },
  { "Þann þri., 4. mar. 2025 kl. 09:01 skrifaði Helpdesk <\nhelp@demo.example>:", TRUE },
  { "Helpdesk schrieb am 04.03.2025 09:01:", TRUE },
  { "Helpdesk escribió el 04/03/2025 a las 9:01:", TRUE },
  { "Le 04/03/2025 09:01, Helpdesk a écrit :", TRUE },
  { "Il 4 marzo 2025 09:01:11 CET, Helpdesk <help@demo.example> ha scritto:", TRUE },
  { "On 4 March 2025 09:01:11 GMT, Helpdesk <help@demo.example> wrote:", TRUE },
  { "Am 4. März 2025 09:01:11 MEZ schrieb Helpdesk <help@demo.example>:", TRUE },
  { "Quoting Helpdesk <help@demo.example>:", FALSE },
  { "Zitat von Helpdesk <help@demo.example>:", FALSE },
  { "* Helpdesk <help@demo.example> [2025-03-04 09:01]:", FALSE },
  { "On Tuesday 04 March 2025 at 09:01:11 UTC+1 Helpdesk wrote:", TRUE },
  { "Vào Th 3, 4 thg 3, 2025 lúc 09:01 Helpdesk <help@demo.example> đã viết:", TRUE },
  { "Στις 4/3/25 09:01, ο/η Helpdesk έγραψε:", TRUE },
  { "La 04.03.2025 09:01, Helpdesk a scris:", TRUE },
  { "מאת: Helpdesk <help@demo.example>\nנשלח: יום שלישי, 4 במרץ 2025 09:01\nאל: Peter\nנושא: Re: x",
    TRUE },
  { "بتاريخ الثلاثاء، ٤ مارس ٢٠٢٥ في ٩:٠١ ص Helpdesk <help@demo.example> كتب:", TRUE },
  { "在2025年03月04日 09:01，Helpdesk<help@demo.example> 写道：", TRUE },
};

static const char *const devices[] = {
  "Sent from my iPhone",
  "Von meinem iPhone gesendet",
  "Envoyé de mon iPhone",
  "Enviado desde mi iPhone",
  "Inviato da iPhone",
  "Enviado do meu iPhone",
  "Verstuurd vanaf mijn iPhone",
  "Wysłane z iPhone'a",
  "Отправлено с iPhone",
  "Skickat från min iPhone",
  "Sendt fra min iPhone",
  "Sendt fra min iPhone",
  "Lähetetty iPhonesta",
  "Odesláno z iPhonu",
  "iPhone-omról küldve",
  "iPhone'umdan gönderildi",
  "iPhoneから送信",
  "发自我的iPhone",
  "從我的 iPhone 傳送",
  "나의 iPhone에서 보냄",
  "تم الإرسال من الـ iPhone الخاص بي",
  "נשלח מה-iPhone שלי",
  "Στάλθηκε από το iPhone μου",
  "Trimis de pe iPhone-ul meu",
  "Надіслано з iPhone",
  "ส่งจาก iPhone ของฉัน",
  "Đã gửi từ iPhone của tôi",
  "Poslano s mog iPhonea",
  "Sent from my Galaxy",
  "Von meinem Samsung Galaxy Smartphone gesendet.",
  "Get Outlook for iOS<https://aka.ms/o0ukef>",
  "Outlook für iOS beziehen<https://aka.ms/o0ukef>",
  "Obtenez Outlook pour iOS<https://aka.ms/o0ukef>",
  "iOS 版 Outlook を入手<https://aka.ms/o0ukef>",
  "Sent with Proton Mail secure email.",
  "Sent from Proton Mail for iOS.",
  "-- \nDiese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.",
  "-- \nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
  "Gesendet von Mail<https://go.microsoft.com/fwlink/?LinkId=550986> für Windows 10",
  "Sent from my BlackBerry® wireless device",
  "Sent from Yahoo Mail on Android",
  "Gesendet von Yahoo Mail auf Android",
  "Отправлено из мобильной Почты Mail.ru",
  "Gesendet von meinem Xiaomi-Telefon",
  "Gesendet von meinem HUAWEI Mobiltelefon",
};

/* Letters that stay as they are, and answers between the lines. */
static const struct {
  const char *text;
  const char *reply;
} letters[] = {
  { "Hallo,\n\nhabe die Mail gesendet.\n", "Hallo,\n\nhabe die Mail gesendet." },
  { "Hi,\n\nOn Mon, Mar 3, 2025 at 10:12 AM Support Desk <support@demo.example> wrote:\n> What is your serial number?\n\nIt is AB-123.\n\n> Which system do you use?\n\nDebian 12.\n\n> Kind regards\n> Support\n\nThank you\nJane\n",
    "Hi,\n\n> What is your serial number?\n\nIt is AB-123.\n\n> Which system do you use?\n\nDebian 12.\n\n> Kind regards\n> Support\n\nThank you\nJane" },
  { "> What is your serial number?\n\nAB-123\n\n> Which system?\n\nDebian\n",
    "> What is your serial number?\n\nAB-123\n\n> Which system?\n\nDebian" },
  { "See my answers below.\n\nAm 03.03.25 um 10:12 schrieb Support Desk:\n> 1. Seriennummer?\nAB-123\n> 2. System?\nDebian 12\n",
    "See my answers below.\n\n> 1. Seriennummer?\nAB-123\n> 2. System?\nDebian 12" },
  { "Thanks, that solved it.\nPlease close the ticket.\n\n-- \nJane Roe\nHead of Printing\nPhone +49 30 123\n",
    "Thanks, that solved it.\nPlease close the ticket." },
  { "Thanks, that solved it.\nPlease close the ticket.\n\n--\nJane Roe\nHead of Printing\n",
    "Thanks, that solved it.\nPlease close the ticket." },
  { "Hello,\n\nThe table:\n\n-- a\n-- b\n\nBye\nJane\n",
    "Hello,\n\nThe table:\n\n-- a\n-- b\n\nBye\nJane" },
  { "Thanks, that solved it.\nPlease close the ticket.\n\n--\xC2\xA0"
    "\nJane Roe\nHead of Printing\n",
    "Thanks, that solved it.\nPlease close the ticket." },
  { "Thanks, that solved it.\nPlease close the ticket.\n\n– \nJane Roe\nHead of Printing\n",
    "Thanks, that solved it.\nPlease close the ticket." },
  { "I ran this:\n\n> ls -l /tmp\n\nand got nothing. What now?\nIs the disk broken?\nJane\n",
    "I ran this:\n\n> ls -l /tmp\n\nand got nothing. What now?\nIs the disk broken?\nJane" },
  { "On Monday we wrote to you: nobody has answered.\nPlease call.\n",
    "On Monday we wrote to you: nobody has answered.\nPlease call." },
  { "The values are:\nFrom: 10 to 20\nDate: unknown\nThanks\n",
    "The values are:\nFrom: 10 to 20\nDate: unknown\nThanks" },
  { "On 3 March 2025 your technician wrote:\nThe part will come tomorrow.\nIt did not come!\n",
    "On 3 March 2025 your technician wrote:\nThe part will come tomorrow.\nIt did not come!" },
  { "Hello,\nSubject: to your approval, we would buy 20.\nDate: next week.\n\nJane\n",
    "Hello,\nSubject: to your approval, we would buy 20.\nDate: next week.\n\nJane" },
  { "Error log:\n\n2025-03-03 10:12:31 ERROR user a@b.example: login failed\n2025-03-03 10:12:32 ERROR user a@b.example: login failed\n\nWhat can I do?\n",
    "Error log:\n\n2025-03-03 10:12:31 ERROR user a@b.example: login failed\n2025-03-03 10:12:32 ERROR user a@b.example: login failed\n\nWhat can I do?" },
  { "Meeting from: 10:30\nto: 12:00\n\nCan you come?\nBest\nJane\n",
    "Meeting from: 10:30\nto: 12:00\n\nCan you come?\nBest\nJane" },
  { "Von: Hamburg\nNach: Berlin\nDatum: 3.3.2025\n\nBitte ein Angebot für diese Strecke.\nDanke\n",
    "Von: Hamburg\nNach: Berlin\nDatum: 3.3.2025\n\nBitte ein Angebot für diese Strecke.\nDanke" },
  { "Sent from my house to yours: 2 parcels.\nBoth were lost.\n",
    "Sent from my house to yours: 2 parcels.\nBoth were lost." },
  { "My colleague Peter <peter@customer.example> said: restart it at 10:30.\nIt did not help.\n",
    "My colleague Peter <peter@customer.example> said: restart it at 10:30.\nIt did not help." },
  { "We changed the config:\n\n_____________\nport = 80\n_____________\n\nand then it stopped.\nWhy?\n",
    "We changed the config:\n\n_____________\nport = 80\n_____________\n\nand then it stopped.\nWhy?" },
  { "Hello\n\n------------\nMy problem is big.\n------------\n\nPlease help\n",
    "Hello\n\n------------\nMy problem is big.\n------------\n\nPlease help" },
  { "Delivery address:\nTo: Jane Roe\nStreet: Main 1\nPhone: 123\n\nThanks!\n",
    "Delivery address:\nTo: Jane Roe\nStreet: Main 1\nPhone: 123\n\nThanks!" },
  { "Hallo,\n\nam 4. März 2025 um 09:01 schrieb mir Ihr System: Fehler 12.\nWas bedeutet das?\n\nGruß\nPeter\n",
    "Hallo,\n\nam 4. März 2025 um 09:01 schrieb mir Ihr System: Fehler 12.\nWas bedeutet das?\n\nGruß\nPeter" },
  { "Bonjour,\n\nvoici mes coordonnées :\nNom : Dupont\nTéléphone : 01 23 45\nDate : 4 mars\n\nMerci\n",
    "Bonjour,\n\nvoici mes coordonnées :\nNom : Dupont\nTéléphone : 01 23 45\nDate : 4 mars\n\nMerci" },
  { "Hello,\n\nName: Peter Pan\nE-Mail: p@c.example\nPhone: 123\nDate: 4 March 2025 10:00\n\nPlease call me.\n",
    "Hello,\n\nName: Peter Pan\nE-Mail: p@c.example\nPhone: 123\nDate: 4 March 2025 10:00\n\nPlease call me." },
  { "1. First\n2. Second\n-- not a signature\n3. Third\n",
    "1. First\n2. Second\n-- not a signature\n3. Third" },
  { "Order:\n- From: Berlin\n- To: Rome\n- Date: 4 March\nThank you\n",
    "Order:\n- From: Berlin\n- To: Rome\n- Date: 4 March\nThank you" },
  { "We sent the mail at 10:30 to bob@c.example and he wrote back that it failed:\nerror 12\nerror 13\n",
    "We sent the mail at 10:30 to bob@c.example and he wrote back that it failed:\nerror 12\nerror 13" },
  { "Price list\n==========\nA 10\nB 20\n==========\nIs that right?\n",
    "Price list\n==========\nA 10\nB 20\n==========\nIs that right?" },
  { "Sent from Berlin, arrived in Rome: when will it come?\n\nPeter\n",
    "Sent from Berlin, arrived in Rome: when will it come?\n\nPeter" },
  { "He wrote on 4 March 2025 10:00:\nthe thing is broken.\nPlease fix.\n",
    "He wrote on 4 March 2025 10:00:\nthe thing is broken.\nPlease fix." },
  { "From: what I can see it is broken\nTo: be honest I am angry\n",
    "From: what I can see it is broken\nTo: be honest I am angry" },
  { "Outlook: does it work with your server?\nGet back to me\n",
    "Outlook: does it work with your server?\nGet back to me" },
};

static void
assert_reply (const char *text, const char *reply)
{
  g_autofree char *got = pn_quote_reply (text);

  g_test_message ("%s", text);
  g_assert_cmpstr (got, ==, reply);
}

static void
test_blocks (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (blocks); i++) {
    g_autofree char *below = g_strdup_printf (ANSWER "\n\n%s\n\n" QUOTE, blocks[i]);
    g_autofree char *ruled = g_strdup_printf (ANSWER "\n\n____________\n%s\n\n" QUOTE, blocks[i]);

    assert_reply (below, ANSWER);
    assert_reply (ruled, ANSWER);
  }
}

static void
test_attributions (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (attributions); i++) {
    const char *line = attributions[i].line;
    g_autofree char *marked = g_strdup_printf (ANSWER "\n\n%s\n\n" MARKED, line);
    g_autofree char *below = g_strdup_printf ("%s\n" MARKED "\n" ANSWER "\n", line);
    g_autofree char *plain = g_strdup_printf (ANSWER "\n\n%s\n\n" QUOTE, line);

    assert_reply (marked, ANSWER);
    assert_reply (below, ANSWER);
    if (attributions[i].is_plain)
      assert_reply (plain, ANSWER);
  }
}

static void
test_devices (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (devices); i++) {
    g_autofree char *last = g_strdup_printf (ANSWER "\n\n%s\n", devices[i]);
    g_autofree char *above = g_strdup_printf (
        ANSWER "\n\n%s\n\nOn 3 Mar 2025, at 10:12, A <a@x.example> wrote:\n\n" MARKED, devices[i]);

    assert_reply (last, ANSWER);
    assert_reply (above, ANSWER);
  }
}

static void
test_letters (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (letters); i++)
    assert_reply (letters[i].text, letters[i].reply);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/quote-world/blocks", test_blocks);
  g_test_add_func ("/quote-world/attributions", test_attributions);
  g_test_add_func ("/quote-world/devices", test_devices);
  g_test_add_func ("/quote-world/letters", test_letters);
  return g_test_run ();
}
