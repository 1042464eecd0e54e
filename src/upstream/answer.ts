import type {
  Acknowledged,
  Answered,
  DetectorRead,
  MemberPageRead,
  MembersRead,
  OrganizationRead,
  ResponseMetadata,
  ServiceMember,
  Unanswered,
  UnprocessedAccount,
} from '../ports/upstream.js';
import {
  identifierOf,
  MAX_IDENTIFIER,
  MAX_TEXT,
  objectsOf,
  onlyObjectsOf,
  optionalText,
  textOf,
  timeOf,
} from './answerText.js';
import { metadataOf, UNREADABLE_ANSWER, type SdkMetadata } from './errors.js';

/** How the answers of one service differ from the other's. */
export interface AnswerFields {
  /** The field of an unprocessed account with the service's words. */
  readonly words: 'Result' | 'ProcessingResult';
  /** The field of a member with its status. */
  readonly status: 'RelationshipStatus' | 'MemberStatus';
  /** Whether AWS's model requires the lists: then an answer without one is unreadable, otherwise the list is empty. */
  readonly listsRequired: boolean;
}

/** An answer with HTTP 200, as the SDK hands it over. The SDK does not check the body, so no field is certain. */
type Output = SdkMetadata & Readonly<Record<string, unknown>>;

/**
 * The answer of a call that changes members. Without a list of unprocessed accounts it is not known which accounts were
 * processed. Such an answer is UNANSWERED, so the members are read back. Account ids are kept as they came, well-formed or not.
 */
export function changeAnswer(output: Output, fields: AnswerFields): Answered | Unanswered {
  return readable(output, (metadata) => {
    const unprocessed = unprocessedOf(output['UnprocessedAccounts'], fields);
    return unprocessed === null
      ? unreadable(metadata, 'no list of unprocessed accounts in the body')
      : { kind: 'ANSWERED', metadata, unprocessed };
  });
}

/** The answer of a call without results of single accounts. */
export function acknowledgement(output: Output): Acknowledged | Unanswered {
  return readable(output, (metadata) => ({ kind: 'ACKNOWLEDGED', metadata }));
}

/** The answer of GetMembers. An entry that is no object is left out: its account is then one that the answer does not name. */
export function membersAnswer(output: Output, fields: AnswerFields): MembersRead | Unanswered {
  return readable(output, (metadata) => {
    const members = membersOf(onlyObjectsOf(output['Members']), fields, fields.listsRequired);
    const unprocessed = unprocessedOf(onlyObjectsOf(output['UnprocessedAccounts']), fields);
    return members === null || unprocessed === null
      ? unreadable(metadata, 'no lists of members and of unprocessed accounts in the body')
      : { kind: 'READ', members, unprocessed };
  });
}

/** The answer of ListMembers, whose list no model requires. */
export function pageAnswer(output: Output, fields: AnswerFields): MemberPageRead | Unanswered {
  return readable(output, (metadata) => {
    const members = membersOf(output['Members'], fields, false);
    if (members === null) {
      return unreadable(metadata, 'no list of members in the body');
    }
    // An empty token means the last page: sent back, it would return the first page again.
    const token = output['NextToken'] || null;
    const nextToken = identifierOf(token, MAX_IDENTIFIER.nextToken);
    return token !== null && nextToken === null
      ? unreadable(metadata, 'a nextToken that cannot be sent back')
      : { kind: 'READ', members, nextToken };
  });
}

/** The answer of DescribeOrganizationConfiguration. */
export function organizationAnswer(output: Output): OrganizationRead | Unanswered {
  return readable(output, () => ({
    kind: 'READ',
    autoEnable: optionalText(output['AutoEnableOrganizationMembers'], MAX_TEXT.word),
  }));
}

/** The answer of ListDetectors. */
export function detectorAnswer(output: Output): DetectorRead | Unanswered {
  return readable(output, (metadata) => {
    const ids: unknown = output['DetectorIds'];
    if (!Array.isArray(ids)) {
      return unreadable(metadata, 'no list of detectors in the body');
    }
    const detectorId = identifierOf(ids[0], MAX_IDENTIFIER.detectorId);
    return detectorId === null && ids.length > 0
      ? unreadable(metadata, 'a detector id that cannot be sent back')
      : { kind: 'READ', detectorId };
  });
}

/** An answer without AWS's request id does not come from AWS. */
function readable<Answer>(output: Output, read: (metadata: ResponseMetadata) => Answer): Answer | Unanswered {
  const metadata = metadataOf(output);
  return metadata.awsRequestId === null ? unreadable(metadata, 'no request id of AWS') : read(metadata);
}

/** The answer of a call that succeeded with an incomplete body. @param lacking what is missing, for the record. */
function unreadable(metadata: ResponseMetadata, lacking: string): Unanswered {
  return {
    kind: 'UNANSWERED',
    metadata,
    errorCode: UNREADABLE_ANSWER,
    errorMessage: `HTTP ${metadata.httpStatus ?? 'without status'}, and ${lacking}.`,
    neverSent: false,
  };
}

function unprocessedOf(
  list: unknown,
  { words, listsRequired }: AnswerFields,
): readonly UnprocessedAccount[] | null {
  const entries = objectsOf(list ?? (listsRequired ? null : []));
  return (
    entries?.map((entry) => ({
      accountId: textOf(entry['AccountId'], MAX_TEXT.word),
      result: textOf(entry[words], MAX_TEXT.sentence),
    })) ?? null
  );
}

function membersOf(
  list: unknown,
  { status }: AnswerFields,
  isRequired: boolean,
): readonly ServiceMember[] | null {
  const entries = objectsOf(list ?? (isRequired ? null : []));
  return (
    entries?.map((entry) => ({
      accountId: textOf(entry['AccountId'], MAX_TEXT.word),
      serviceStatus: textOf(entry[status], MAX_TEXT.word),
      email: optionalText(entry['Email'], MAX_TEXT.address),
      invitedAt: timeOf(entry['InvitedAt']),
      updatedAt: timeOf(entry['UpdatedAt']),
    })) ?? null
  );
}
