Feature: What every answer says
  A success says so, and a refusal says why by a code.

  @KMS2-ERR-001
  Scenario Outline: A call that succeeds says so: <call>
    Given a key
    When I <call>
    Then the call is accepted
    And the answer is a success with its data

    Examples:
      | call                     |
      | ask about the key        |
      | encrypt with the account |

  @KMS2-ERR-001
  Scenario: A call that succeeds says so: ask for a token set
    Given a key
    And the creator is enabled
    When I ask for a token set
    Then the call is accepted
    And the answer is a success with its data

  @KMS2-ERR-010
  Scenario Outline: The service refuses <what> with the code <code>
    Given a key with a token set
    When I <call>
    Then the refusal carries the code <code>

    Examples:
      | what                             | code            | call                                                                |
      | a plaintext that is none         | INVALID_REQUEST | encrypt the raw text 1 with the account                             |
      | a size that no custom key has    | INVALID_REQUEST | create a custom key of 192 bits with its plaintext with the account |
      | a refresh token in a cipher call | FORBIDDEN       | encrypt with the refresh token                                      |

  @KMS2-ERR-010
  Scenario: The service refuses a token whose creator was replaced with the code UNAUTHORIZED
    Given a key with a token set
    And the access token works
    And the creator is replaced
    When I encrypt with the access token
    Then the refusal carries the code UNAUTHORIZED

  @KMS2-ERR-010
  Scenario: The service refuses what changes nothing with the code UNPROCESSABLE_ENTITY
    Given a key
    When I try to enable the key
    Then the refusal carries the code UNPROCESSABLE_ENTITY

  @KMS2-ERR-010
  Scenario: The service refuses a key that does not exist with the code NOT_FOUND
    Given a key that does not exist
    When I ask about the key
    Then the refusal carries the code NOT_FOUND

  @KMS2-ERR-010 @needs-viewer
  Scenario: The service refuses what an account may not do with the code FORBIDDEN
    Given a key
    When I encrypt with the viewer
    Then the refusal carries the code FORBIDDEN

  @KMS2-ERR-011
  Scenario Outline: The gateway refuses <what> with the code <code>
    Given a key
    When I <call>
    Then the refusal carries the code <code>
    And the refusal has the status <status>

    Examples:
      | what              | status | code | call                                              |
      | a wrong signature | 401    | 200  | ask about the key, signed with another secret key |
      | no signature      | 401    | 200  | ask about the key, signed with nothing            |
      | an unknown route  | 404    | 300  | call POST /kms/v1/keys/{tag}/Encrypt              |
      | what is no UTF-8  | 400    | 100  | send a key creation that is not UTF-8             |
      | a body too large  | 413    | 430  | encrypt 900000 bytes with the account             |

  @KMS2-ERR-011 @needs-access
  Scenario: The gateway refuses a source that an access rule does not list with the code 210
    Given a key
    And the manager may call from elsewhere alone
    When I encrypt with the manager
    Then the refusal carries the code 210
    And the refusal has the status 401

  @KMS2-ERR-015
  Scenario Outline: <what> is a bad request
    Given a key
    When I <call>
    Then the call is refused as a bad request

    Examples:
      | what                          | call                                       |
      | A plaintext of 40000 bytes    | encrypt 40000 bytes with the account       |
      | A name with a dot             | create a key named "kp.name"               |
      | A new name with a dot         | rename the key to "kp.name"                |
      | A memo of 201 characters      | create a key with a memo of 201 characters |
      | A new memo of 201 characters  | change the memo to one of 201 characters   |
      | A key type that is none       | create a key of type "AES128"              |
      | A protection that is none     | create a key with protection "NONE"        |
      | A rotation period of 731 days | create a key that rotates every 731 days   |
      | An address that is none       | add "any" to the IP ACL                    |

  @KMS2-ERR-015
  Scenario: Data of 11000 bytes to sign is a bad request
    Given an RSA2048 key
    When I sign 11000 bytes with the account
    Then the call is refused as a bad request
