import type { Refusal } from './refusal.js';

/** An HTTP answer. Its Delivery decides whether and how it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Returns the answer of a REST service. */
export const jsonReply = (requestId: string, body: unknown): Reply => ({
  status: 200,
  headers: restHeaders(requestId),
  body: JSON.stringify(body),
});

/** Returns the answer of a query service with the given XML. */
export const xmlReply = (requestId: string, status: number, xml: string): Reply => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  body: xml,
});

/** Returns the answer for a refusal. GuardDuty, Security Hub and STS have different error fields. */
export function refusalReply(service: string, requestId: string, { status, type, message }: Refusal): Reply {
  if (service === 'sts') {
    return xmlReply(
      requestId,
      status,
      `<ErrorResponse xmlns="${STS_NAMESPACE}"><Error><Type>Sender</Type><Code>${type}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    );
  }
  const body =
    service === 'securityhub'
      ? { Message: message, Code: type }
      : { message, __type: GUARDDUTY_BODY_TYPES[type] ?? type };
  return {
    status,
    headers: { ...restHeaders(requestId), 'x-amzn-errortype': type },
    body: JSON.stringify(body),
  };
}

/** The names in the bodies of GuardDuty's errors that differ from the header's (UPSTREAMS.md, "GuardDuty"). */
const GUARDDUTY_BODY_TYPES: Readonly<Record<string, string>> = {
  BadRequestException: 'InvalidInputException',
};

/** The 502 page of a load balancer, without a request id or an error name. */
export const BAD_GATEWAY_PAGE: Reply = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n',
};

/** The XML namespace of STS's answers. */
export const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Returns the text escaped for an XML element. */
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const restHeaders = (requestId: string) => ({
  'content-type': 'application/json',
  'x-amzn-requestid': requestId,
  'x-amz-apigw-id': `${requestId.slice(-12)}FjQ=`,
});
