Feature: Activity log
  A key remembers what was done with it, by whom and when, and when it was used last.

  @KMS2-LOG-001
  Scenario Outline: The log tells of a call to <change>
    Given a key
    And the activity log is noted
    When I <change> as the account
    Then the activity log has an entry more
    And the entry names the key and the time
    And the entry says that it came over the API
    And the entry names a caller

    Examples:
      | change          |
      | change the memo |
      | disable the key |

  @KMS2-LOG-001
  Scenario: The log tells that the key was used
    Given a key
    And the activity log is noted
    When I encrypt with the account
    Then the activity log has an entry more
    And the entry names the key and the time
    And the entry says that it came over the API
    And the entry names a caller

  @KMS2-LOG-023
  Scenario: An entry tells more of the key and of the call
    Given a key
    And the activity log is noted
    When I encrypt with the account
    Then the activity log has an entry more
    And the entry names the key's resource, the type and the result of the call and a message

  @KMS2-LOG-002
  Scenario: The log begins with the making of the key
    Given a key that nobody has used
    When I read the activity log as the account
    Then the activity log has an entry more
    And the entry names the key and the time

  @KMS2-LOG-002
  Scenario Outline: To <change> and to <other> are two entries
    Given a key
    And the activity log is noted
    When I <change> as the account
    Then the activity log has an entry more
    When I <other> as the account
    Then the activity log has an entry more
    And the entry tells another action than the one before

    Examples:
      | change                       | other                           |
      | rename the key               | change the memo                 |
      | disable the key              | enable the key                  |
      | request the deletion         | cancel the deletion             |
      | rotate the key               | disable a version               |
      | switch automatic rotation on | change the rotation period      |
      | enable the creator           | ask for a token set             |
      | switch the IP ACL on         | add an address to the IP ACL    |
      | switch the IP ACL off        | delete an address of the IP ACL |

  @KMS2-LOG-002
  Scenario: Each use is an entry
    Given a key
    And the key serves the account
    And the activity log is noted
    When I encrypt with the account
    Then the activity log has an entry more
    When I decrypt with the account
    Then the activity log has an entry more
    And the entry tells another action than the one before
    When I re-encrypt with the account
    Then the activity log has an entry more
    And the entry tells another action than the one before
    When I create a custom key with the account
    Then the activity log has an entry more
    And the entry tells another action than the one before

  @KMS2-LOG-002
  Scenario: Each use of a signing key is an entry
    Given an ECDSA key
    And the key serves the account
    And the activity log is noted
    When I sign with the account
    Then the activity log has an entry more
    When I verify with the account
    Then the activity log has an entry more
    And the entry tells another action than the one before
    When I ask for the public key with the account
    Then the activity log has an entry more
    And the entry tells another action than the one before

  @KMS2-LOG-003
  Scenario: Looking at a key is no entry
    Given a key
    And the activity log is noted
    When I ask about the key as the account
    And I list the versions as the account
    And I ask about the creator as the account
    And I read the IP ACL as the account
    And I read the activity log as the account
    And I ask for the last use as the account
    Then the activity log has no entry more

  @KMS2-LOG-004
  Scenario: The log of a key tells of no other
    Given a key
    And another key
    And the activity log is noted
    When the other key is disabled
    Then the activity log has no entry more

  @KMS2-LOG-005 @needs-sources
  Scenario: An entry names the address of its caller
    Given a key with a token set
    And the activity log is noted
    When I encrypt with the access token from the second address
    Then the activity log has an entry more
    And the entry names the second address

  @KMS2-LOG-006
  Scenario: What a token does is told of the account that asked for it
    Given a key with a token set
    And the activity log is noted
    When I encrypt with the account
    Then the activity log has an entry more
    When I encrypt with the access token
    Then the activity log has an entry more
    And the entry names the caller of the one before
    And the entry says that it came over the API

  @KMS2-LOG-006
  Scenario: What a refresh token gets is told of the account that asked for it
    Given a key with a token set
    And the activity log is noted
    When I encrypt with the account
    Then the activity log has an entry more
    When I ask for an access token with the refresh token
    Then the activity log has an entry more
    And the entry names the caller of the one before

  @KMS2-LOG-002 @needs-api10
  Scenario: A use over API 1.0 is an entry
    Given a key
    And the activity log is noted
    When I encrypt over API 1.0
    Then the activity log has an entry more
    And the entry names the key and the time

  @KMS2-LOG-007
  Scenario: A refused use is an entry with another result
    Given a key
    And the activity log is noted
    When I encrypt with the account
    Then the activity log has an entry more
    When the key is disabled
    Then the activity log has an entry more
    When I encrypt with the account
    Then the activity log has an entry more
    And the entry tells another result than the one before

  @KMS2-LOG-008 @needs-clock
  Scenario: A rotation by period is told as the service's own
    Given a key that rotates every 1 day
    And the activity log is noted
    When 24 hours and 1 minute pass
    Then the activity log has an entry more
    And the entry says that the service did it by itself

  @KMS2-LOG-009
  Scenario: A page holds as many entries as asked for
    Given a key
    And the key is disabled
    And the key is enabled
    And the activity log is noted
    When I read the activity log with 2 a page
    Then the answer is a page of 2 entries with its counters
    And the pages of 2 hold every entry once

  @KMS2-LOG-009
  Scenario: A page has 100 entries unless asked otherwise
    Given a key
    When I read the activity log as the account
    Then the answer says that a page has 100 entries

  @KMS2-LOG-009
  Scenario: A page may have 200 entries
    Given a key
    When I read the activity log with 200 a page
    Then the answer says that a page has 200 entries

  @KMS2-LOG-010
  Scenario Outline: A page of <size> entries is refused
    Given a key
    When I read the activity log with <size> a page
    Then the call is refused as a bad request

    Examples:
      | size |
      | 0    |
      | 201  |

  @KMS2-LOG-010
  Scenario: A page of the log below the first is refused
    Given a key
    When I read page 0 of the activity log
    Then the call is refused as a bad request

  @KMS2-LOG-011
  Scenario Outline: The time <where> the entries holds <what>
    Given a key
    And the key is disabled
    And the activity log is noted
    When I read the activity log of the time <where> its entries
    Then the answer holds <what>

    Examples:
      | where  | what        |
      | around | every entry |
      | before | no entry    |
      | after  | no entry    |

  @KMS2-LOG-011 @needs-clock
  Scenario: The time from a minute before the newest entry holds that alone
    Given a key
    And the activity log is noted
    When 10 minutes pass
    And I change the memo as the account
    Then the activity log has an entry more
    When I read the activity log of the time from before the newest entry
    Then the answer holds the entry alone

  @KMS2-LOG-011
  Scenario: The time up to a minute before the entries holds no entry
    Given a key
    And the activity log is noted
    When I read the activity log of the time up to before its entries
    Then the answer holds no entry

  @KMS2-LOG-012 @needs-clock
  Scenario Outline: Without a span the log tells of the last day: <time> later it tells <what>
    Given a key
    And the activity log is noted
    When <time> pass
    And I read the activity log as the account
    Then the answer holds <what>

    Examples:
      | time                    | what        |
      | 23 hours and 59 minutes | every entry |
      | 24 hours and 1 minute   | no entry    |

  @KMS2-LOG-012 @needs-clock
  Scenario: What is older than a day is told when asked for
    Given a key
    And the activity log is noted
    When 30 hours pass
    And I read the activity log of the time around its entries
    Then the answer holds every entry

  @KMS2-LOG-013
  Scenario: The ends of a span belong to it
    Given a key
    And the activity log is noted
    When I change the memo as the account
    Then the activity log has an entry more
    When I read the activity log of the very millisecond of the entry
    Then the answer holds the entry

  @KMS2-LOG-014
  Scenario Outline: A span from "<from>" to "<to>" is refused
    Given a key
    When I read the activity log with a span from "<from>" to "<to>"
    Then the call is refused as a bad request

    Examples:
      | from      | to            |
      | yesterday | 1767603600000 |
      | 0         | now           |
      | 2         | 1             |

  @KMS2-LOG-015 @serial
  Scenario: The newest entry comes first
    Given a key
    And a minute passes if the clock can be set
    And the key is disabled
    And another minute passes if the clock can be set
    And the key is enabled
    When I read the activity log as the account
    Then the answer lists the newest entry first

  @KMS2-LOG-016
  Scenario: A word that no entry has finds nothing
    Given a key
    And the activity log is noted
    When I change the memo as the account
    Then the activity log has an entry more
    When I read the activity log with a word that no entry has as the keyword
    Then the answer holds no entry

  @KMS2-LOG-017
  Scenario: The action of an entry finds it and no other action
    Given a key
    And the activity log is noted
    When I change the memo as the account
    Then the activity log has an entry more
    When I read the activity log with the action of the entry as the keyword
    Then the answer holds the entry alone

  @KMS2-LOG-018 @serial
  Scenario: The last use is the newest use
    Given a key
    And the activity log is noted
    When I encrypt with the account
    Then the activity log has an entry more
    And the last use is the entry
    Given a minute passes if the clock can be set
    When I create a custom key with the account
    Then the activity log has an entry more
    And the last use is the entry

  @KMS2-LOG-027
  Scenario: The message of the last use is within its data
    Given a key
    And the key serves the account
    When I ask for the last use as the account
    Then the answer has a message within its data

  @KMS2-LOG-019
  Scenario: A change of the key is no use
    Given a key
    And the key serves the account
    And the last use is noted
    When I change the memo as the account
    Then the last use is as noted

  @KMS2-LOG-020
  Scenario: A refused use is no use
    Given a key
    And the key serves the account
    And the last use is noted
    When the key is disabled
    And I encrypt with the account
    Then the last use is as noted

  @KMS2-LOG-021
  Scenario: Before the first use there is none to tell
    Given a key that nobody has used
    When I ask for the last use as the account
    Then the answer tells of no use

  @KMS2-LOG-022
  Scenario Outline: The log of a key that is <state> can be read
    Given a key
    And the key is such that the account can <deed>
    When I read the activity log as the account
    Then the call is accepted

    Examples:
      | state            | deed                |
      | disabled         | enable the key      |
      | pending deletion | cancel the deletion |
